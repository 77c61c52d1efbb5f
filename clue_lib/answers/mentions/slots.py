"""Where an answer is expected: behind "the answer is", "I would choose", "patient has", at the beginning of a line.

A slot says what a name that stands in it would be: how firmly it is said and whether it is said at all ("the wrong
answer is", "each option:").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from clue_lib.answers.mentions import slot_cues
from clue_lib.answers.mentions.passage import Passage
from clue_lib.types import Said, withheld


class Standing(IntEnum):
    """How firmly a mention is given as the answer; the firmer one decides."""

    BARE = 0
    NAMED = 1
    STATED = 2
    CONCLUDED = 3
    FINAL = 4


Place = Literal["cue", "box", "tag", "opening", "line", "sentence", "clause", "pronoun", "finding"]


RULES: dict[Place, str] = {
    "cue": "concluded",
    "box": "in LaTeX's box",
    "tag": "in the answer's tag",
    "opening": "the text begins with it",
    "line": "alone on its line",
    "sentence": "a sentence of its own",
    "clause": "a clause of its own",
    "pronoun": "it is said to be so",
    "finding": "said of the patient",
}
"""What is said of a mention that decides, by the place where it stands."""


@withheld
@dataclass(frozen=True, slots=True)
class Slot:
    """A place where an answer is expected."""

    place: Place
    standing: Standing
    said: Said = "asserted"


def find(passage: Passage, noun: str) -> dict[int, Slot]:
    """The slots by the position where a name would begin; `noun` is the list of the task's own names for an answer."""
    slots: dict[int, Slot] = {}
    for cue_end, slot in _cues(passage, noun):
        for start in _starts(passage, cue_end):
            before = slots.get(start)
            if before is None or slot.standing > before.standing or slot.said != "asserted":
                slots[start] = slot
    return slots


def _starts(passage: Passage, cue_end: int) -> set[int]:
    """Where a name may begin that follows a cue: right behind it, and behind each word that may lead to it."""
    starts = {cue_end, _end(_SPACE, passage.lower, cue_end)}
    start, following = cue_end, _end(slot_cues.MARKS, passage.lower, cue_end)
    for _ in range(_N_LEADS):
        starts.add(following)
        start, following = following, _end(slot_cues.lead(), passage.lower, following)
        if start == following:
            break
    return starts | {following, _end(_ARTICLE, passage.text, following)}


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern ends if it matches at `start`, else `start`."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _cues(passage: Passage, noun: str) -> Iterator[tuple[int, Slot]]:
    """Where each cue ends and what it announces."""
    lower = passage.lower
    for frame in slot_cues.FRAME.finditer(lower):
        yield frame.end(), Slot("box" if frame[0] == "⟦" else "tag", Standing.FINAL)
    for cue in slot_cues.answer(noun).finditer(lower):
        yield cue.end(), _announced(lower, cue)
    for cue in slot_cues.ANSWERED.finditer(passage.text):
        yield cue.end(), Slot("cue", Standing.CONCLUDED)
    for cue in slot_cues.choice().finditer(lower):
        yield cue.end(), Slot("cue", Standing.CONCLUDED)
    for cue in slot_cues.denying().finditer(lower):
        yield cue.end(), Slot("cue", Standing.CONCLUDED, "denied")
    for sign in slot_cues.sign().finditer(lower):
        yield sign.end(), Slot("cue", Standing.CONCLUDED, "asserted" if sign["right"] else "denied")
    yield from _statements(passage)


def _statements(passage: Passage) -> Iterator[tuple[int, Slot]]:
    """The places where a name that no cue announces may state the answer."""
    for cue in slot_cues.pronoun().finditer(passage.lower):
        yield cue.end(), Slot("pronoun", Standing.STATED, "hedged" if cue["maybe"] else "asserted")
    for start in passage.sentences:
        slot = Slot(_place(passage, start), Standing.STATED)
        yield start, slot
        yield _end(slot_cues.BULLET, passage.lower, start), slot
    for clause in slot_cues.clause().finditer(passage.lower):
        yield clause.end(), Slot("clause", Standing.STATED)
    for cue in slot_cues.finding().finditer(passage.lower):
        yield cue.end(), Slot("finding", Standing.NAMED)


def _place(passage: Passage, start: int) -> Place:
    """What begins with the sentence that begins at `start`."""
    if start == 0:
        return "opening"
    return "line" if passage.lower[start - 1] == "\n" else "sentence"


def _announced(lower: str, cue: re.Match[str]) -> Slot:
    """What "answer is" announces, by what stands before it and inside: "the least likely answer is"."""
    unpicked = slot_cues.unpicked().search(lower, max(0, cue.start() - _N_BEFORE), cue.start())
    if unpicked:
        return Slot("cue", Standing.CONCLUDED, "listed" if unpicked["listed"] else "denied")
    if slot_cues.to_exclude().search(cue[0]):
        return Slot("cue", Standing.CONCLUDED, "denied")
    standing = Standing.FINAL if cue["final"] or cue["head_final"] else Standing.CONCLUDED
    return Slot("cue", standing, "hedged" if cue["maybe"] else "asserted")


_N_BEFORE = 60
_N_LEADS = 6
_SPACE = re.compile(r"\s*")
_ARTICLE = re.compile(r"an?\s")
