"""What is sent to a server, and how what it answers is checked before anything is made of it."""

from collections.abc import Collection, Sequence
from typing import Literal

from clue_lib.engines import wire
from clue_lib.engines.chat import Asked
from clue_lib.engines.endpoint import Body
from clue_lib.errors import EngineError
from clue_lib.text import shorten
from clue_lib.types import Request, Sampling

Ending = Literal["stop", "length"]
"""Why a whole answer ended: by itself, or at the limit that it was given."""

INSTEAD = "or send messages with --template=server"


def completion(
    model: str, tokens: Sequence[int], sampling: Sampling, *, n_new: int, ends: Collection[int], salt: str
) -> dict[str, object]:
    """A prompt as token ids, with every field that changes an answer: a server's own defaults are its model's.

    `salt` is the batch's: what was computed of other batches' prompts is not used for this one's.
    """
    return {
        "model": model,
        "prompt": list(tokens),
        "max_tokens": n_new,
        "min_tokens": 0,
        "n": 1,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": -1,
        "min_p": 0.0,
        "repetition_penalty": sampling.repetition_penalty,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "seed": sampling.seed,
        "stop_token_ids": sorted(ends),
        "ignore_eos": False,
        "echo": False,
        "stream": False,
        "add_special_tokens": False,
        "skip_special_tokens": False,
        "spaces_between_special_tokens": False,
        "return_token_ids": True,
        "cache_salt": salt,
    }


def answer(model: str, asked: Asked, *, ends: Collection[int], salt: str) -> Body:
    """The whole answer to a prompt."""
    body = completion(model, asked.tokens, asked.sampling, n_new=asked.room, ends=ends, salt=salt)
    return body | ({"stop": [asked.stop]} if asked.stop else {})


def letter(model: str, asked: Asked, allowed: Collection[int], *, salt: str) -> Body:
    """One token more, of those allowed."""
    body = completion(model, asked.tokens, Sampling(max_new_tokens=1), n_new=1, ends=(), salt=salt)
    return body | {"allowed_token_ids": sorted(allowed)}


def chat(model: str, request: Request) -> Body:
    """A prompt as messages, which the server puts into its own template; fields that any server knows."""
    sampling = request.sampling
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": sampling.max_new_tokens + request.chat.thinking_budget,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        "n": 1,
        "stream": False,
    }


def only_choice(url: str, completion: wire.Completion, model: str) -> wire.Choice:
    """The one answer. Raises EngineError where there is another number, or another model answered."""
    check_model(url, completion.model, model)
    _check_one(url, len(completion.choices))
    return completion.choices[0]


def only_chat_choice(url: str, completion: wire.ChatCompletion, model: str) -> wire.ChatChoice:
    """As `only_choice`."""
    check_model(url, completion.model, model)
    _check_one(url, len(completion.choices))
    return completion.choices[0]


def _check_one(url: str, n: int) -> None:
    if n != 1:
        raise EngineError(f"{url}: gave {n} answers to one prompt; see the server's log")


def check_model(url: str, answered: str, model: str) -> None:
    """Raise EngineError where another model answered than the one that the server named at first."""
    if answered == model:
        return
    remedy = "nothing of this batch is stored: keep one deployment while a run goes on"
    name = shorten(answered, wire.SHOWN) or "which has no name"
    raise EngineError(
        f"{url}: another model answered, {name}, instead of {shorten(model, wire.SHOWN)}; {remedy}",
        unquoted=f"{url}: another model answered; {remedy}",
    )


def check_tokens(url: str, sent: Sequence[int], choice: wire.Choice) -> None:
    """Raise EngineError where the server read other tokens than it was sent, or does not tell what it read."""
    read = choice.prompt_token_ids
    if read is None or choice.token_ids is None:
        what = f"{url}: does not tell which tokens it read and wrote (return_token_ids)"
        raise EngineError(f"{what}; serve it with a vLLM that does, {INSTEAD}")
    if list(read) == list(sent):
        return
    place = next((i for i, (one, other) in enumerate(zip(sent, read, strict=False)) if one != other), None)
    remedy = f"it adds text of its own, or cuts prompts: have it read them as they are, {INSTEAD}"
    if place is None:
        place = min(len(sent), len(read))
    found = read[place] if place < len(read) else "nothing"
    wanted = sent[place] if place < len(sent) else "nothing"
    what = f"{url}: read {len(read)} tokens where {len(sent)} were sent, the first other one at place {place}"
    raise EngineError(f"{what} ({found} instead of {wanted}); {remedy}", unquoted=f"{what}; {remedy}")


def ended(url: str, finish_reason: str | None) -> Ending:
    """Why a whole answer ended. Raises EngineError for one that ended neither by itself nor at its limit."""
    if finish_reason == "stop":
        return "stop"
    if finish_reason == "length":
        return "length"
    what, why = f"{url}: an answer ended neither by itself nor at its limit", shorten(str(finish_reason), 50)
    raise EngineError(f"{what} (finish_reason {why}); see the server's log", unquoted=f"{what}; see its log")


def written(url: str, choice: wire.Choice, *, n_new: int, n_tokens: int, ends: Collection[int], end: int) -> list[int]:
    """The tokens of the answer, with an end token behind one that has ended.

    `n_tokens` are those that there are, `ends` those that end an answer and `end` is one of these: some servers leave
    it out. Raises EngineError for an answer that was cut short by a limit of the server's, and for tokens that the
    vocabulary does not have.
    """
    tokens = list(choice.token_ids or ())
    wrong = [token for token in tokens if not 0 <= token < n_tokens]
    if wrong:
        raise EngineError(f"{url}: wrote token {wrong[0]}, and the tokenizer here has {n_tokens}; name its own one")
    has_ended = any(token in ends for token in tokens)
    if ended(url, choice.finish_reason) == "length":
        if len(tokens) < n_new and not has_ended:
            what = f"{url}: cut an answer off at {len(tokens)} tokens, where {n_new} were asked for"
            raise EngineError(f"{what}; give it more room (--max-model-len, or its limit of answers)")
        return tokens
    return tokens if has_ended or len(tokens) >= n_new else [*tokens, end]
