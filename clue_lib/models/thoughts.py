"""Thoughts: what a model writes for itself before it answers, and the marks by which they are told from the answer.

The marks stand in `thoughts.toml`. A whole thought counts wherever it stands. A closing mark without its opening one
means that the prompt opened it: all before is a thought. An opening mark that is never closed means that the model was
still thinking when it ended or was cut.
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from clue_lib.types import withheld

Pairs = tuple[tuple[str, str], ...]
"""Opening and closing marks."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: how thoughts begin and end, and templates' switches that keep a model from thinking."""

    tags: tuple[str, ...]
    pairs: Pairs
    framed: Pairs
    headings: Pairs
    glued: Pairs
    switches: dict[str, bool | int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Where thoughts stand in a text, as (start, end) in order; `is_open` where the last one never ends."""

    places: tuple[tuple[int, int], ...]
    is_open: bool


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A model's text in two: what it thought, and its answer; `is_open` where the last thought never ended."""

    thought: str
    answer: str
    is_open: bool


@functools.cache
def table() -> Table:
    """The file, read once."""
    text = files(__package__).joinpath("thoughts.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def known_pairs() -> Pairs:
    """Every opening mark with its closing one that a template or a vocabulary may hold."""
    known = table()
    return (*((f"<{tag}>", f"</{tag}>") for tag in known.tags), *known.pairs, *known.framed)


def spans(text: str, *, own: Pairs = (), opened: str = "", is_framed: bool = False) -> Spans:
    """Where thoughts stand; one that never ends reaches to the text's end.

    `own` are pairs beside those of the table. `opened` is the mark by which the prompt opened a thought, empty where it
    did not. `is_framed`: answers of this model have a frame (harmony) also without a thought, which then is no leak but
    taken off.
    """
    forms = _forms(own)
    n_blank = len(text) - len(text.lstrip())
    kind = forms.kind_of(opened) if opened else None
    start = 0
    places: list[tuple[int, int]] = []
    for mark in forms.pattern.finditer(text):
        side, number = str(mark.lastgroup)[0].lower(), int(str(mark.lastgroup)[1:])
        if kind is not None:  # inside of a thought only its own end counts
            if side == "c" and number == kind:
                places.append((start, mark.end()))
                kind = None
        elif side == "o":
            kind, start = number, mark.start()
        elif is_framed or number not in forms.frames or mark.start() > n_blank:
            places = [(0, mark.end())]
    if kind is not None:
        places.append((start, len(text)))
    return Spans(places=tuple(places), is_open=kind is not None)


def split(text: str, *, own: Pairs = (), opened: str = "", is_framed: bool = False) -> Parts:
    """What the model thought, marks included, and what it answered; arguments as of `spans`.

    A text without thoughts is its own answer, unchanged; else blanks beside thoughts are taken off, and answers before
    and after one are joined by a line break.
    """
    found = spans(text, own=own, opened=opened, is_framed=is_framed)
    if not found.places:
        return Parts(thought="", answer=text, is_open=False)
    outside, inside, end = [], [], 0
    for start, stop in found.places:
        outside.append(text[end:start].strip() if end else text[:start].rstrip())
        inside.append(text[start:stop])
        end = stop
    outside.append(text[end:].lstrip())
    # What is joined may hold a mark that counts at the beginning of a line or text alone.
    rest = split("\n".join(part for part in outside if part), own=own)
    thought = "\n".join([*inside, rest.thought]) if rest.thought else "\n".join(inside)
    return Parts(thought=thought, answer=rest.answer, is_open=found.is_open or rest.is_open)


def opening_in(text: str, own: Pairs = ()) -> str:
    """The mark of the thought inside of which the text, a prompt's end, ends; empty where it ends outside of any."""
    found = spans(text, own=own)
    if not found.is_open:
        return ""
    start, _ = found.places[-1]
    mark = _forms(own).pattern.match(text, start)
    return mark[0] if mark else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """The pattern of every mark, in a group "o" or "c" and the number of its kind; `frames` name the answer too.

    Groups of marks that begin with no sign are called "O" or "C".
    """

    pattern: re.Pattern[str]
    frames: frozenset[int]

    def kind_of(self, opening: str) -> int | None:
        mark = self.pattern.match(opening)
        return int(str(mark.lastgroup)[1:]) if mark else None


@functools.cache
def _forms(own: Pairs) -> _Forms:
    """Openings that have one closing in common are of one kind."""
    known = table()
    kinds: dict[str, list[str]] = {}
    for tag in known.tags:
        kinds[rf"</{re.escape(tag)}\s?>"] = [rf"<{re.escape(tag)}(?:\s[^<>]{{0,80}})?>"]
    for begin, end in (*known.framed, *known.pairs, *own):
        kinds.setdefault(re.escape(end), []).append(re.escape(begin))
    for begin, end in known.headings:
        kinds.setdefault(_heading(end), []).append(_heading(begin))
    for begin, end in known.glued:
        kinds.setdefault(re.escape(end), []).append(rf"\A\s*{re.escape(begin)}(?=\S)(?-i:(?![a-z]))(?=\w)")
    ends = list(kinds)
    marks = [mark for pair in (*known.framed, *known.pairs, *own) for mark in pair]
    signs = {"<"} | {mark[0] for mark in marks if _is_sign(mark[0])}
    signed, wordy = _split(kinds, tuple(re.escape(sign) for sign in signs))
    # Nearly all marks begin with a sign: looking for each of them at every place took half of the time of scoring.
    begins = f"(?=[{''.join(map(re.escape, sorted(signs)))}])"
    pattern = f"{begins}(?:{_any_of(signed, 'co')})|{_any_of(wordy, 'CO')}"
    return _Forms(
        pattern=re.compile(pattern, re.IGNORECASE | re.MULTILINE),
        frames=frozenset(ends.index(re.escape(end)) for _, end in known.framed),
    )


def _heading(words: str) -> str:
    """A line that says this alone, as a heading.

    One run of blanks and signs on either side: several in a row could share what is there in many ways, and a line that
    is no heading after all would be tried in each of them.
    """
    return rf"^[ \t]*(?:#{{1,6}}[ \t*]*|\*\*){re.escape(words)}[ \t:*]*$"


_Marks = list[tuple[int, str | None, list[str]]]
"""A kind's number, its closing mark, which may be none, and its opening ones."""


def _split(kinds: Mapping[str, Sequence[str]], starts: tuple[str, ...]) -> tuple[_Marks, _Marks]:
    """The marks that begin with one of `starts`, and the others."""
    signed: _Marks = []
    wordy: _Marks = []
    for number, (end, begins) in enumerate(kinds.items()):
        is_signed = end.startswith(starts)
        signed.append((number, end if is_signed else None, [one for one in begins if one.startswith(starts)]))
        wordy.append((number, None if is_signed else end, [one for one in begins if not one.startswith(starts)]))
    return signed, wordy


def _any_of(marks: _Marks, names: str) -> str:
    """The pattern of all of them: closing marks first, and how the groups of either are called."""
    closing, opening = names[0], names[1]
    closes = [f"(?P<{closing}{number}>{end})" for number, end, _ in marks if end is not None]
    opens = [f"(?P<{opening}{number}>{'|'.join(begins)})" for number, _, begins in marks if begins]
    return "|".join([*closes, *opens])


def _is_sign(character: str) -> bool:
    """Whether it is the same in either case, and neither a letter, a digit nor a blank."""
    return not character.isalnum() and not character.isspace() and character.lower() == character.upper()
