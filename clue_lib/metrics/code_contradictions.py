"""Codes that contradict the gold's side or encounter, told apart from codes of something else."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from clue_lib.terminology import icd
from clue_lib.types import Parsed, Response

Kind = Literal["side", "encounter", ""]

_SIDES = re.compile(r"\b(right|left|bilateral)\b(?: eye| ear)?", re.IGNORECASE)
_ENCOUNTER_AT = 6  # characters before the seventh, which tells the encounter where it is a letter: S72.001A, S72.001D


def contradicted_codes(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's distinct codes that are a code of the gold but for its side or its encounter.

    S72.002A for S72.001A is the other hip, S72.001D a later encounter. The gold stands for the letter. A code of an
    unspecified side contradicts none. None of an answer without a code.
    """
    values: list[float | None] = []
    for response in responses:
        value = response.answer.value if isinstance(response.answer, Parsed) else ()
        named = _distinct(value) if isinstance(value, tuple) else ()
        gold = response.example.gold if isinstance(response.example.gold, tuple) else ()
        wrong = sum(1 for _ in contradictions(named, gold))
        values.append(wrong / len(named) if named else None)
    return values


def contradictions(named: Sequence[str], gold: Sequence[str]) -> Iterator[tuple[Kind, str, str]]:
    """Each distinct code that contradicts the gold, once: in what, the code and the gold's, both canonical."""
    known = _distinct(gold)
    for code in _distinct(named):
        kind, other = _contradicted(code, known)
        if kind:
            yield kind, code, other


def _distinct(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(icd.normalise, codes)))


def contradicts(code: str, gold: Sequence[str]) -> Kind:
    """In what a canonical code differs from one of the gold's that is the same otherwise; "" where it does not."""
    kind, _ = _contradicted(code, gold)
    return kind


def _contradicted(code: str, gold: Sequence[str]) -> tuple[Kind, str]:
    """In what the code differs, and from which of the gold's; empty where it contradicts none."""
    alike = [] if code in gold else [other for other in gold if other[:3] == code[:3]]
    for other in alike:
        if _is_other_side(code, other):
            return "side", other
    for other in alike:
        if _is_other_encounter(code, other):
            return "encounter", other
    return "", ""


def _is_other_side(code: str, other: str) -> bool:
    own, theirs = _sided(code), _sided(other)
    if own is None or theirs is None:
        return False
    return own[0] == theirs[0] and own[1] != theirs[1]


@lru_cache(maxsize=1 << 14)
def _sided(code: str) -> tuple[str, str] | None:
    """The title without its side, and the side; None of a code that tells none."""
    title = icd.title(code).lower() if icd.is_code(code) else ""
    side = _SIDES.search(title)
    return (_SIDES.sub("", title), side[1]) if side else None


def _is_other_encounter(code: str, other: str) -> bool:
    own, theirs = code.replace(".", ""), other.replace(".", "")
    are_whole = len(own) == len(theirs) == _ENCOUNTER_AT + 1 and own[-1].isalpha() and theirs[-1].isalpha()
    return are_whole and own[:_ENCOUNTER_AT] == theirs[:_ENCOUNTER_AT] and own != theirs and icd.is_code(code)
