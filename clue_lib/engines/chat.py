"""Engines on this machine: prompts to tokens by the model's own template, and the model's tokens to its answer.

What a model wrote is cut at its own end tokens, decoded with every other special token, and its thoughts are set apart.
"""

import bisect
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.rendering import BLANK_LINE, CLOCK, ChatTemplate, Rendered
from clue_lib.engines.template_files import stated_ends
from clue_lib.models import thoughts
from clue_lib.models.checking import check_files
from clue_lib.types import FinishReason, Generation, Request, Sampling, withheld

DECODING = "special tokens kept"
"""How these engines' answers are decoded, as their fingerprint says: an earlier version dropped special tokens."""

DATE = CLOCK.date().isoformat()
"""The day that templates see, as the fingerprint says."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A prompt that an engine is to continue, by at most `room` tokens.

    `n_answer` of these are the answer's and `n_thought` those of the thoughts before it; without thoughts 0. The prompt
    has begun one where `opened` is its mark. `stop` is text that ends the answer; empty where only end tokens do.
    `letters` are those of the options that the answer may begin with; empty where a thought goes before it.
    """

    tokens: list[int]
    sampling: Sampling
    n_answer: int
    n_thought: int
    opened: str = ""
    stop: str = ""
    tags: thoughts.Pairs = ()
    letters: str = ""

    @property
    def room(self) -> int:
        """How many tokens may be written in all."""
        return self.n_answer + self.n_thought


class ChatEngine(Engine):
    """An engine on this machine: tokenizes by the model's own template, and tells which prompts its context can't hold.

    A subclass sets `template`, `context` (in tokens) and `ends` (the tokens that end an answer) when it loads, and
    continues the prompts that fit.
    """

    template: ChatTemplate
    context: int
    ends: frozenset[int]

    @classmethod
    def check_model(cls, weights: Path, args: EngineArgs) -> None:
        """Whole weights, a tokenizer, and an architecture that the engine knows."""
        check_files(weights, allow_pickle=bool(args.get("allow_pickle", False)))
        cls.check_architecture(weights, args)

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """As `Engine.generate`; a prompt that leaves no room for its answer is not run and its reason is "context"."""
        prompts = [self.template.prompt(request.messages, request.chat) for request in requests]
        generations = [no_room(len(prompt.tokens)) for prompt in prompts]
        asked = {
            place: self._asked(prompt, request)
            for place, (prompt, request) in enumerate(zip(prompts, requests, strict=True))
            if len(prompt.tokens) + request.sampling.max_new_tokens <= self.context
        }
        if asked:
            written = self.answer(list(asked.values()), adapter)
            letters = self.likeliest_letters(list(asked.values()), adapter)
            for (place, one), tokens, letter in zip(asked.items(), written, letters, strict=True):
                generations[place] = self._generation(one, tokens, letter)
        return generations

    @abstractmethod
    def answer(self, asked: Sequence[Asked], adapter: Path | None) -> Sequence[list[int]]:
        """What the model wrote behind each prompt, in their order: token ids up to its end, that token included or not.

        At most `Asked.room` of them; whatever follows the first end token does not count.
        """

    def likeliest_letters(self, asked: Sequence[Asked], adapter: Path | None) -> Sequence[str]:
        """Of prompts just answered, the option whose letter was likeliest to come first; "" where none is known.

        An engine that can't tell leaves this as it is.
        """
        return [""] * len(asked)

    def _asked(self, prompt: Rendered, request: Request) -> Asked:
        """A thought gets its budget as far as the context has room for it beside the answer."""
        n_answer = request.sampling.max_new_tokens
        n_thought = min(request.chat.thinking_budget, self.context - len(prompt.tokens) - n_answer)
        return Asked(
            tokens=prompt.tokens,
            sampling=request.sampling,
            n_answer=n_answer,
            n_thought=n_thought,
            opened=prompt.opened,
            stop=BLANK_LINE if prompt.is_plain else "",
            tags=request.chat.tags,
            letters="" if n_thought or prompt.opened else request.letters,
        )

    def _generation(self, asked: Asked, tokens: Sequence[int], letter: str) -> Generation:
        end = next((place for place, token in enumerate(tokens) if token in self.ends), None)
        kept = tokens[:end]
        finish_reason: FinishReason = "length" if end is None else "stop"
        thinking = thinking_in(kept, asked, self.template)
        excess = len(kept) - thinking.n_tokens - asked.n_answer
        if excess > 0:  # what a thought left of its budget is no room for a longer answer
            kept, finish_reason = kept[: len(kept) - min(excess, len(kept) - thinking.end)], "length"
        text = self.template.decode(kept)
        if asked.stop and asked.stop in text:
            text, finish_reason = text.partition(asked.stop)[0], "stop"
        parts = thoughts.split(text, own=asked.tags, opened=asked.opened, is_framed=self.template.is_framed)
        return Generation(
            text=parts.answer,
            finish_reason=finish_reason,
            n_prompt_tokens=len(asked.tokens),
            n_new_tokens=len(kept),
            thought=parts.thought,
            n_thought_tokens=thinking.n_tokens,
            has_unfinished_thought=parts.is_open,
            likeliest_letter="" if parts.thought or parts.is_open else letter,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """How many of a model's tokens are thoughts, the last of which ends before place `end`; is it open at the end."""

    n_tokens: int
    end: int
    is_open: bool


def thinking_in(tokens: Sequence[int], asked: Asked, template: ChatTemplate) -> Thinking:
    """The thoughts among tokens that a model wrote behind a prompt."""
    text = template.decode(tokens)
    found = thoughts.spans(text, own=asked.tags, opened=asked.opened, is_framed=template.is_framed)
    bounds = [(_n_tokens(tokens, start, template), _n_tokens(tokens, end, template)) for start, end in found.places]
    return Thinking(
        n_tokens=sum(end - start for start, end in bounds),
        end=bounds[-1][1] if bounds else 0,
        is_open=found.is_open,
    )


def _n_tokens(tokens: Sequence[int], n_characters: int, template: ChatTemplate) -> int:
    """How many of the tokens make so many characters of their text."""
    return bisect.bisect_left(range(len(tokens)), n_characters, key=lambda n: len(template.decode(tokens[:n])))


def no_room(n_prompt_tokens: int) -> Generation:
    """What is stored where a prompt and its answer do not fit the model's context."""
    return Generation(text="", finish_reason="context", n_prompt_tokens=n_prompt_tokens, n_new_tokens=0)


def end_tokens(weights: Path, tokenizer: Any) -> frozenset[int]:
    """Every token that ends an answer, whether generation_config.json, config.json or the tokenizer says so.

    Chat models extend the one list and not the other, whichever was at hand. Raises ModelError.
    """
    of_tokenizer = tokenizer.eos_token_id
    return frozenset(stated_ends(weights) | ({int(of_tokenizer)} if of_tokenizer is not None else set()))
