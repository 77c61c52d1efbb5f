"""What was read from one model's text: the answer or why there is none, and the evidence for it."""

from dataclasses import dataclass, field
from typing import Literal

from clue_lib.types.withheld import withheld

Form = Literal["letter", "text", "both", "label", "code"]
Said = Literal["asserted", "hedged", "denied", "asked", "weighed", "listed", "quoted"]


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a text names an option, a label or a code.

    `value` is what is named, of two at once ("B: gallstones" where B is another) joined by a slash. `start` and `end`
    are places in the model's text as it wrote it. `said`: "weighed" is said under a condition, or as what must be
    looked at or meant; "listed" is an item of a list that goes through several; "quoted" repeats the prompt.
    """

    value: str
    start: int
    end: int
    form: Form
    said: Said


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where an answer was read, or what kept it from being read, so that a reader can disagree.

    `rule` names what decided, in words. `start` and `end` bound the mention that decided in the model's text; None
    where none did. `mentions` are all that the text names, in its order, at most 1,000.
    """

    rule: str
    start: int | None = None
    end: int | None = None
    mentions: tuple[Mention, ...] = ()


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An answer that could be read. Two are equal where their values are, wherever they were read."""

    value: str | tuple[str, ...]
    evidence: Evidence | None = field(default=None, compare=False)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """An answer that could not be read, and why. It scores zero and is counted."""

    reason: str
    evidence: Evidence | None = field(default=None, compare=False)


Answer = Parsed | Unparsed
