"""Discharge letters cut in two for MeDiSumQA: the instructions at their end, and the letter without them."""

import heapq
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from clue_lib import digests
from clue_lib.datasets import mimic
from clue_lib.datasets.mimic import Letter
from clue_lib.errors import DataError
from clue_lib.types import withheld

# De-identification replaced the first word of many follow-up headings.
_SECTION = re.compile(
    r"^[ \t]*discharge instructions:(?P<text>.*?)(?=^[ \t]*(?:follow[- ]?up|___) instructions:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A letter's instructions, and the letter without them."""

    note_id: str
    instructions: str
    rest: str


def passages(notes: Path, *, n_letters: int, seed: int, dropped: Counter[str]) -> list[Passage]:
    """Those of `n_letters` letters, drawn by hash of seed and note, that have instructions.

    `dropped` counts the others by reason. Raises DataError where none has.
    """
    letters = mimic.letters(notes, dropped)
    drawn = heapq.nsmallest(n_letters, letters, key=lambda letter: digests.rank(letter.note_id, seed))
    with_instructions = [passage for passage in map(cut, drawn) if passage is not None]
    dropped["letters: no discharge instructions"] += len(drawn) - len(with_instructions)
    if not with_instructions:
        raise DataError(
            f"{notes}: none of {len(drawn)} letters has a section 'Discharge Instructions:'; raise --letters"
        )
    return with_instructions


def cut(letter: Letter) -> Passage | None:
    """The letter in two; None where it has no instructions, or only gaps (`___`) in their place."""
    sections = [section["text"].strip() for section in _SECTION.finditer(letter.text)]
    instructions = "\n".join(sections).strip()
    if not re.search(r"[^\W_]", instructions):
        return None
    return Passage(note_id=letter.note_id, instructions=instructions, rest=_SECTION.sub("", letter.text).strip())
