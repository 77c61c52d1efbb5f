"""Models behind OpenAI-compatible endpoints: token ids in where they take them, else messages."""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path

from clue_lib.engines import bodies, deployment, wire
from clue_lib.engines.chat import DATE, DECODING, Asked, ChatEngine, end_tokens, no_room
from clue_lib.engines.context import context_length
from clue_lib.engines.deployment import read_deployment
from clue_lib.engines.endpoint import Endpoint, Gone, Habits, Refused
from clue_lib.engines.engine import EngineArgs
from clue_lib.engines.letters import each_letter_tokens
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.engines.sharing import Sharing
from clue_lib.errors import EngineError, OptionError
from clue_lib.models import thoughts
from clue_lib.text import shorten
from clue_lib.types import Fingerprint, Generation, Request

WITHHELD = "content_filter"
"""How a service calls an answer that it withheld: an empty one, as its users get it, so that it scores nothing."""

VERSION_WIDTH = 60
"""Characters of what a server says of its program and version, which may be anything."""

_DEFAULTS = Habits()


class Server(ChatEngine):
    """Asks one or several servers of one model; `weights` is the folder that `connecting.connect` made of them.

    `concurrency` is how many requests each of them gets at once at most, `retries` how often one is repeated, and
    `request_timeout` how many seconds one may take.
    """

    name = "server"
    requires = ("openai", "transformers")
    extra = "server"
    args = frozenset({"batch_size", "concurrency", "retries", "request_timeout"})
    chunk_size = 256
    is_remote = True
    memory_advice = "a smaller --engine-arg concurrency needs less"

    @classmethod
    def n_gpus(cls, args: EngineArgs) -> int:
        """None of this machine's, which the gate would keep others from."""
        return 0

    @classmethod
    def check_args(cls, args: EngineArgs) -> None:
        """Whole numbers."""
        for name, least in (("concurrency", 1), ("retries", 0), ("request_timeout", 1)):
            value = args.get(name, least)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise OptionError(f"--engine-arg {name}={value}: it must be a whole number of at least {least}")

    @classmethod
    def check_model(cls, weights: Path, args: EngineArgs) -> None:
        """The server has loaded it."""
        return

    @classmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """The server's program and version. Its processor and number format are not known here."""
        known = read_deployment(weights)
        version = shorten(f"{known.card.owned_by or ''} {known.version}", VERSION_WIDTH) or None
        if known.is_chat:
            return Fingerprint(name=cls.name, version=version)
        return Fingerprint(name=cls.name, version=version, decoding=DECODING, clock=DATE)

    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Load the tokenizer, where token ids are sent. Nothing is connected yet."""
        self._known = read_deployment(weights)
        self._endpoints = [Endpoint(url, read_habits(args)) for url in self._known.urls]
        self._sharing = Sharing(self._endpoints, tell=print)
        self._runner = asyncio.Runner()
        self._salt = ""
        if not self._known.is_chat:
            self._load(weights)

    def _load(self, weights: Path) -> None:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(weights, trust_remote_code=False)
        self.template = ChatTemplate(tokenizer)
        self.ends = end_tokens(weights, tokenizer)
        self._n_tokens = len(tokenizer)
        limits = (context_length(weights, {}), self._known.card.max_model_len)
        self.context = min((limit for limit in limits if limit), default=1 << 30)
        if not self.ends:
            raise EngineError(f"{weights}: no token ends an answer; add eos_token_id to its generation_config.json")

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """As `Engine.generate`. Raises EngineError where another model answered in the end than at first."""
        self._salt = secrets.token_hex(16)
        if self._known.is_chat:
            generations = self._runner.run(self._sharing.ask_all(requests, self._chat))
        else:
            generations = super().generate(requests, adapter)
        self._runner.run(self._check_unchanged())
        return generations

    def answer(self, asked: Sequence[Asked], adapter: Path | None) -> list[list[int]]:
        """The tokens that the servers wrote."""
        return self._runner.run(self._sharing.ask_all(asked, self._write))

    def likeliest_letters(self, asked: Sequence[Asked], adapter: Path | None) -> list[str]:
        """One token more for each prompt with options, of those that write a letter.

        "" where the server writes another token all the same: it does not know `allowed_token_ids`.
        """
        tokens = each_letter_tokens([one.letters for one in asked], self.template)
        places = [place for place, of_one in enumerate(tokens) if of_one]
        told = [""] * len(asked)

        async def one(endpoint: Endpoint, place: int) -> str:
            body = bodies.letter(self._known.name, asked[place], tokens[place], salt=self._salt)
            choice = bodies.only_choice(endpoint.url, await endpoint.completion(body), self._known.model)
            bodies.check_tokens(endpoint.url, asked[place].tokens, choice)
            first = next(iter(choice.token_ids or ()), -1)
            return tokens[place].get(first, "")

        letters = self._runner.run(self._sharing.ask_all(places, one))
        for place, letter in zip(places, letters, strict=True):
            told[place] = letter
        return told

    def close(self) -> None:
        """End all connections; a process that ends does so by itself."""
        for endpoint in self._endpoints:
            self._runner.run(endpoint.close())
        self._runner.close()

    async def _write(self, endpoint: Endpoint, asked: Asked) -> list[int]:
        body = bodies.answer(self._known.name, asked, ends=self.ends, salt=self._salt)
        completion = await endpoint.completion(body)
        choice = bodies.only_choice(endpoint.url, completion, self._known.model)
        bodies.check_tokens(endpoint.url, asked.tokens, choice)
        return bodies.written(
            endpoint.url, choice, n_new=asked.room, n_tokens=self._n_tokens, ends=self.ends, end=min(self.ends)
        )

    async def _chat(self, endpoint: Endpoint, request: Request) -> Generation:
        try:
            completion = await endpoint.chat(bodies.chat(self._known.name, request))
        except Refused as refused:
            if not refused.is_too_long:
                raise
            return no_room(0)
        choice = bodies.only_chat_choice(endpoint.url, completion, self._known.model)
        is_withheld = choice.finish_reason == WITHHELD
        finish_reason: bodies.Ending = "stop" if is_withheld else bodies.ended(endpoint.url, choice.finish_reason)
        said = wire.Said() if is_withheld else choice.message
        usage = completion.usage
        parts = thoughts.split(said.content or "", own=request.chat.tags)
        thought = "\n".join(part for part in (said.reasoning_content or said.reasoning, parts.thought) if part)
        details = usage.completion_tokens_details if usage else None
        return Generation(
            text=parts.answer,
            finish_reason=finish_reason,
            n_prompt_tokens=(usage.prompt_tokens or 0) if usage else 0,
            n_new_tokens=(usage.completion_tokens or 0) if usage else 0,
            thought=thought,
            n_thought_tokens=(details.reasoning_tokens or 0) if details else 0,
            has_unfinished_thought=parts.is_open or bool(thought and not said.content and finish_reason == "length"),
        )

    async def _check_unchanged(self) -> None:
        """A server that is gone by now has answered as what it was: names and tokens of each answer were checked."""
        for endpoint in tuple(self._sharing.living):
            try:
                await deployment.check_unchanged(endpoint, self._known)
            except Gone:
                if len(self._sharing.living) == 1:
                    raise
                self._sharing.living.remove(endpoint)


def read_habits(args: EngineArgs) -> Habits:
    """How servers are asked, as the engine's arguments say."""
    return Habits(
        concurrency=int(args.get("concurrency", _DEFAULTS.concurrency)),
        retries=int(args.get("retries", _DEFAULTS.retries)),
        seconds=float(args.get("request_timeout", _DEFAULTS.seconds)),
    )
