"""From messages to the text and tokens that a model reads.

A *chat template* is the model's own text around each turn, which its tokenizer brings. Some have no place for a system
turn, some want content in parts, some leave out the words behind which the answer begins, and some models have no
template at all: what is missing is made up for here, the same way for every engine.
"""

import datetime
import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clue_lib.engines import time_limit
from clue_lib.engines.template_files import variables
from clue_lib.errors import MISTAKES_IN_CODE, EngineError
from clue_lib.models import thoughts
from clue_lib.types import Chat, Message, withheld

CLOCK = datetime.datetime(2024, 7, 26)
"""The day that every template sees in place of today, so that a prompt is the same on any day.

It is the one that Llama 3.1's template writes where it has no clock.
"""

BLANK_LINE = "\n\n"
"""What separates the turns of plain text, and so ends an answer to it."""

SECONDS = 10.0
"""How long a template may take for one prompt: thousands of turns take a few hundredths of one."""

_SYSTEM, _USER, _ASSISTANT = "q7Z-system-probe", "q7Z-user-probe", "q7Z-assistant-probe"
"""Texts that no template has of itself."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A prompt as a model reads it. `opened` is the mark of a thought that the prompt begins; empty where it does not.

    `is_plain`: the turns stand as plain text, whose answer ends at a blank line.
    """

    text: str
    tokens: list[int]
    opened: str
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """What a template does, as probes tell.

    `takes_parts`: content must be a list of parts, a plain string is dropped. `keeps_system`: system text comes out.
    `answer_header` is the text before an answer, of a template that does not add it when asked to.
    """

    takes_parts: bool
    keeps_system: bool
    answer_header: str = ""


class _Endless(EngineError):
    """The template does not end, whatever is put to it."""


class ChatTemplate:
    """A tokenizer's chat template, and what is done where it has none or does less than others."""

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer` is a transformers tokenizer."""
        self._tokenizer = tokenizer
        self._habits: dict[Chat, _Habits] = {}

    @property
    def policy(self) -> str:
        """How system text and turns are handled, in a few words. Raises EngineError where nothing can be rendered."""
        if self._tokenizer.chat_template is None:
            return "no chat template: plain text"
        habits = self._habits_for(Chat())
        words = ["chat template"]
        words += [] if habits.keeps_system else ["system text in the first user turn"]
        words += ["content as a list of parts"] if habits.takes_parts else []
        words += ["which adds no header of the answer: taken from an answer's turn"] if habits.answer_header else []
        return ", ".join(words)

    @property
    def is_framed(self) -> bool:
        """Whether the model's answers have a frame of their own (harmony)."""
        return "<|channel|>" in self._text()

    def prompt(self, messages: Sequence[Message], chat: Chat) -> Rendered:
        """The whole prompt; the template has written every special token, none is added. Raises EngineError."""
        text = self.render(messages, chat)
        is_plain = self._is_plain(chat)
        # Whatever a question quotes, only what follows it can begin a thought.
        tail = text.rpartition(messages[-1].content.strip())[2]
        opened = "" if is_plain else thoughts.opening_in(tail, chat.tags)
        return Rendered(text=text, tokens=self.encode(text), opened=opened, is_plain=is_plain)

    def render(self, messages: Sequence[Message], chat: Chat | None = None) -> str:
        """The whole prompt as text, special tokens included. Raises EngineError where the template fails."""
        chat = chat or Chat()
        if self._is_plain(chat):
            return (self._tokenizer.bos_token or "") + plain_text(messages)
        habits = self._habits_for(chat)
        turns = messages if habits.keeps_system else without_system_role(messages)
        return self._apply(turns, chat, takes_parts=habits.takes_parts) + habits.answer_header

    def encode(self, text: str) -> list[int]:
        """The text's token ids, none added."""
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def decode(self, tokens: Sequence[int]) -> str:
        """The tokens as text: special ones are kept, for a leak must be seen as what it is; no blank is tidied up."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False))

    def _is_plain(self, chat: Chat) -> bool:
        return chat.is_plain or self._tokenizer.chat_template is None

    def _habits_for(self, chat: Chat) -> _Habits:
        if chat not in self._habits:
            self._habits[chat] = self._probe(chat)
        return self._habits[chat]

    def _probe(self, chat: Chat) -> _Habits:
        """Raises EngineError where the user's text comes out of the template in no way."""
        asked = [Message(role="user", content=_USER)]
        takes_parts = not self._holds(_USER, asked, chat, takes_parts=False)
        if takes_parts and not self._holds(_USER, asked, chat, takes_parts=True):
            self._apply(asked, chat, takes_parts=False)  # raises what is wrong with it
            raise EngineError(
                "the model's chat template leaves out what the user says; mend it or use --template=plain"
            )
        with_system = [Message(role="system", content=_SYSTEM), *asked]
        return _Habits(
            takes_parts=takes_parts,
            keeps_system=self._holds(_SYSTEM, with_system, chat, takes_parts=takes_parts),
            answer_header=self._answer_header(asked, chat, takes_parts=takes_parts),
        )

    def _holds(self, probe: str, messages: Sequence[Message], chat: Chat, *, takes_parts: bool) -> bool:
        """Whether the probe comes out of the template: some refuse such a turn, others drop it without a word."""
        try:
            return probe in self._apply(messages, chat, takes_parts=takes_parts)
        except _Endless:
            raise
        except EngineError:
            return False

    def _answer_header(self, asked: Sequence[Message], chat: Chat, *, takes_parts: bool) -> str:
        """What stands before an answer, where the template does not add it when asked to; else nothing.

        Blanks alone are no header: Llama 2's answers begin with one, which their first token has of itself.
        """
        added = self._apply(asked, chat, takes_parts=takes_parts)
        if added != self._apply(asked, chat, takes_parts=takes_parts, adds_header=False):
            return ""
        answered = [*asked, Message(role="assistant", content=_ASSISTANT)]
        try:
            whole = self._apply(answered, chat, takes_parts=takes_parts, adds_header=False)
        except EngineError:
            return ""
        before, probe, _ = whole.partition(_ASSISTANT)
        header = before.removeprefix(added) if probe and before.startswith(added) else ""
        return header.rstrip(" ") if header.strip() else ""

    def _apply(self, messages: Sequence[Message], chat: Chat, *, takes_parts: bool, adds_header: bool = True) -> str:
        from jinja2 import TemplateError

        turns = [
            {"role": m.role, "content": [{"type": "text", "text": m.content}] if takes_parts else m.content}
            for m in messages
        ]
        rendered = functools.partial(
            self._tokenizer.apply_chat_template,
            turns,
            chat_template=self._text() or None,
            add_generation_prompt=adds_header,
            tokenize=False,
            strftime_now=CLOCK.strftime,
            **self._arguments(chat),
        )
        try:
            return str(time_limit.within(SECONDS, rendered))
        except (TimeoutError, MemoryError) as error:
            what = f"does not end: it was stopped after {SECONDS:g} s"
            told = "takes more memory than there is" if isinstance(error, MemoryError) else what
            raise _Endless(f"the model's chat template {told}; mend it, or use --template=plain") from None
        except (TemplateError, *MISTAKES_IN_CODE) as error:
            told = " ".join(str(error).split())
            kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
            what = "the model's chat template can't be rendered"
            raise EngineError(
                f"{what} ({kind}{told}); mend it",
                unquoted=f"{what} ({type(error).__name__}; its text may quote the prompt); mend it",
            ) from None

    def _arguments(self, chat: Chat) -> dict[str, object]:
        """What the template gets by name: the user's own arguments, and without thoughts every switch it knows."""
        known = variables(self._text())
        switches = thoughts.table().switches if chat.reasoning == "off" else {}
        given: dict[str, object] = {name: value for name, value in switches.items() if name in known}
        return given | {name: json.loads(value) for name, value in chat.template_args}

    def _text(self) -> str:
        """The template that counts; of several named ones the default, or the only one. Raises EngineError."""
        template = self._tokenizer.chat_template
        if not isinstance(template, dict):
            return template or ""
        if "default" in template:
            return str(template["default"])
        if len(template) == 1:
            return str(next(iter(template.values())))
        names = ", ".join(sorted(template))
        raise EngineError(
            f"the model has several chat templates ({names}) and none is the default; save one as chat_template.jinja"
        )


def without_system_role(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same turns for a template that has no system role: its text opens the first user turn."""
    if not messages or messages[0].role != "system":
        return tuple(messages)
    system, first, *rest = messages
    return (Message(role=first.role, content=f"{system.content}\n\n{first.content}"), *rest)


def plain_text(messages: Sequence[Message]) -> str:
    """The turns as running text for a model without a chat template: blank lines between, the answer comes next.

    An answer that is shown has no blank line of its own, since one ends the model's.
    """
    shown = [
        re.sub(r"\n\s*\n", "\n", message.content) if message.role == "assistant" else message.content
        for message in messages
    ]
    return BLANK_LINE.join(shown) + BLANK_LINE
