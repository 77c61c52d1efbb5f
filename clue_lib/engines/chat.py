"""From messages to the tokens that a model reads.

A *chat template* is the model's own text around each turn, which its tokenizer brings. Some have no place for a system
turn, and some models have no template at all: what is missing is made up for here, the same way for every engine.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from clue_lib.engines.engine import Engine
from clue_lib.errors import EngineError
from clue_lib.types import Generation, Message, Request

_PROBE = "q7Z-system-probe"
"""Text that no template has of itself."""


class ChatEngine(Engine):
    """An engine on this machine: tokenizes by the model's own template, and tells which prompts its context can't hold.

    A subclass sets `template` and `context` (in tokens) when it loads, and answers the prompts that fit.
    """

    template: "ChatTemplate"
    context: int

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """As `Engine.generate`; a prompt that leaves no room for its answer is not run and its reason is "context"."""
        prompts = [self.template.tokens(request.messages) for request in requests]
        generations = [no_room(len(prompt)) for prompt in prompts]
        fitting = [
            place
            for place, (prompt, request) in enumerate(zip(prompts, requests, strict=True))
            if len(prompt) + request.sampling.max_new_tokens <= self.context
        ]
        if fitting:
            answers = self.answer(
                [prompts[place] for place in fitting], [requests[place] for place in fitting], adapter
            )
            for place, answer in zip(fitting, answers, strict=True):
                generations[place] = answer
        return generations

    @abstractmethod
    def answer(
        self, prompts: list[list[int]], requests: Sequence[Request], adapter: Path | None
    ) -> Iterable[Generation]:
        """One generation for each prompt, which is given as token ids, in their order."""


class ChatTemplate:
    """A tokenizer's chat template, and what is done where it has none or leaves system text out."""

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer` is a transformers tokenizer."""
        self._tokenizer = tokenizer
        self._has_system_role = tokenizer.chat_template is not None and self._keeps_system_text()

    @property
    def policy(self) -> str:
        """How system text and turns are handled, in a few words."""
        if self._tokenizer.chat_template is None:
            return "no chat template: plain text"
        return "chat template" if self._has_system_role else "chat template, system text in the first user turn"

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """The rendered prompt's token ids; the template has written every special token, none is added."""
        ids: list[int] = self._tokenizer(self.render(messages), add_special_tokens=False).input_ids
        return ids

    def render(self, messages: Sequence[Message]) -> str:
        """The whole prompt as text, special tokens included."""
        if self._tokenizer.chat_template is None:
            return (self._tokenizer.bos_token or "") + plain_text(messages)
        return self._apply(messages if self._has_system_role else without_system_role(messages))

    def _keeps_system_text(self) -> bool:
        """Whether system text comes out of the template: some refuse a system turn, others drop it without a word."""
        try:
            return _PROBE in self._apply([Message(role="system", content=_PROBE), Message(role="user", content="x")])
        except EngineError:
            return False

    def _apply(self, messages: Sequence[Message]) -> str:
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": message.content} for message in messages]
        try:
            return str(self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))
        except TemplateError as error:
            raise EngineError(f"the model's chat template can't be rendered ({error}); mend it") from None


def no_room(n_prompt_tokens: int) -> Generation:
    """What is stored where a prompt and its answer do not fit the model's context."""
    return Generation(text="", finish_reason="context", n_prompt_tokens=n_prompt_tokens, n_new_tokens=0)


def end_tokens(weights: Path, tokenizer: Any) -> list[int]:
    """Every token that ends an answer: the checkpoint's list, which chat models extend, and the tokenizer's own."""
    from transformers import AutoConfig, GenerationConfig

    try:
        stated = GenerationConfig.from_pretrained(weights).eos_token_id
    except OSError:
        stated = AutoConfig.from_pretrained(weights).eos_token_id
    listed = stated if isinstance(stated, list) else [stated]
    return sorted({int(token) for token in (*listed, tokenizer.eos_token_id) if token is not None})


def without_system_role(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same turns for a template that has no system role: its text opens the first user turn."""
    if not messages or messages[0].role != "system":
        return tuple(messages)
    system, first, *rest = messages
    return (Message(role=first.role, content=f"{system.content}\n\n{first.content}"), *rest)


def plain_text(messages: Sequence[Message]) -> str:
    """The turns as running text for a model without a chat template: blank lines between, the answer comes next."""
    return "\n\n".join(message.content for message in messages) + "\n\n"
