"""Messages to the text that a model reads: its own chat template, with what the template lacks made up for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clue_lib.types import Message

_PROBE = "q7Z-system-probe"


class ChatTemplate:
    """A tokenizer's chat template. `policy` says, for the record, how system text and turns are handled."""

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer` is a transformers tokenizer."""
        self._tokenizer = tokenizer
        self._has_system_role = tokenizer.chat_template is not None and self._keeps_system_text()

    @property
    def policy(self) -> str:
        """What a report says of it."""
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
        """Some templates refuse a system turn, others drop it without a word."""
        from jinja2 import TemplateError

        try:
            return _PROBE in self._apply([Message(role="system", content=_PROBE), Message(role="user", content="x")])
        except TemplateError:
            return False

    def _apply(self, messages: Sequence[Message]) -> str:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        return str(self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))


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
