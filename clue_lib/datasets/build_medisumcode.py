"""Builds MeDiSumCode from MIMIC-IV: discharge letters with the ICD-10-CM codes billed for the stay.

As in CLUE (arXiv 2404.04067; its published script): letters drawn at random, ICD-9-CM codes mapped by `icd-mappings`,
only valid ICD-10-CM codes kept. Unlike there, addenda and letters without a code are not drawn, no admission twice, and
a letter has each code once. Where the official tables give several counterparts (for 3,159 of 14,567 codes) the mapping
takes the last.
"""

import functools
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clue_lib import digests
from clue_lib.datasets import mimic
from clue_lib.datasets.built import Built
from clue_lib.datasets.mimic import Diagnosis, Letter
from clue_lib.errors import DataError
from clue_lib.terminology import icd
from clue_lib.types import withheld

NAME = "MeDiSumCode.jsonl"
REQUIRES = ("icdmappings",)
"""Modules of the extra `data`."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class _Gold:
    """An ICD-10-CM code and its title; or why a billed code gives none."""

    code: str = ""
    title: str = ""
    reason: str = ""


def build(folder: Path, *, n: int, seed: int, on_note: Callable[[str], None] = lambda note: None) -> Built:
    """`n` letters with gold codes, or as many as there are, in an order drawn by hash of seed and admission.

    Reads the diagnoses twice and the letters once, of which `on_note` is told; holds `n` letters in memory.
    Raises DataError.
    """
    notes, billed = mimic.find(folder, mimic.LETTERS), mimic.find(folder, mimic.DIAGNOSES)
    on_note(f"reading {billed}: which admissions have a valid code")
    coded = {row.hadm_id for row in mimic.diagnoses(billed) if _gold(row.code, row.version).code}
    on_note(f"reading {notes}: drawing letters")
    dropped: Counter[str] = Counter()
    letters = _with_code(mimic.letters(notes, dropped), coded, dropped)
    drawn = heapq.nsmallest(n, letters, key=lambda letter: digests.rank(letter.hadm_id, seed))
    if not drawn:
        raise DataError(
            f"{notes}: no discharge summary of an admission with a valid code in {billed}; are they a pair?"
        )
    dropped["letters: not drawn"] -= len(drawn)
    on_note(f"reading {billed} again: the codes of the letters drawn")
    rows: dict[str, list[Diagnosis]] = {letter.hadm_id: [] for letter in drawn}
    for row in mimic.diagnoses(billed):
        if row.hadm_id in rows:
            rows[row.hadm_id].append(row)
    return Built(
        records=tuple(_record(letter, rows[letter.hadm_id], dropped) for letter in drawn),
        dropped={reason: count for reason, count in dropped.items() if count},
    )


def _with_code(letters: Iterable[Letter], coded: set[str], dropped: Counter[str]) -> Iterator[Letter]:
    for letter in letters:
        reason = "not drawn" if letter.hadm_id in coded else "no valid code"
        dropped[f"letters: {reason}"] += 1
        if letter.hadm_id in coded:
            yield letter


def _record(letter: Letter, rows: Iterable[Diagnosis], dropped: Counter[str]) -> Mapping[str, object]:
    codes: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.rank):
        gold = _gold(row.code, row.version)
        reason = gold.reason
        if not reason and gold.code in codes:
            reason = "repeated"
        if reason:
            dropped[f"codes of those drawn: {reason}"] += 1
        else:
            codes[gold.code] = gold.title
    listed = [{"code": code, "description": title} for code, title in codes.items()]
    return {"hadm_id": letter.hadm_id, "text": letter.text, "icd_codes": listed}


@functools.cache
def _gold(code: str, version: str) -> _Gold:
    """What a billed code stands for."""
    mapped = _mapper().map(code, source="icd9", target="icd10") if version == "9" else code
    if mapped in (None, "NoDx"):
        return _Gold(reason="ICD-9-CM without a counterpart")
    code = str(mapped)
    if not icd.is_code(code):
        return _Gold(reason=f"{'counterpart ' if version == '9' else ''}not in {icd.RELEASE}")
    return _Gold(code=code, title=icd.title(code))


@functools.cache
def _mapper() -> Any:
    from icdmappings import Mapper

    return Mapper()
