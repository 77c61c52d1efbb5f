"""MIMIC-IV's diagnoses and MIMIC-IV-Note's discharge letters as PhysioNet gives them out, a row in memory at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clue_lib.datasets import delimited
from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError
from clue_lib.types import withheld

LETTERS = "note/discharge.csv.gz"
DIAGNOSES = "hosp/diagnoses_icd.csv.gz"
_MODULES = {LETTERS: "mimic-iv-note", DIAGNOSES: "mimiciv"}
_LETTER = Columns(required=("note_id", "hadm_id", "note_type", "text"), optional=())
_DIAGNOSIS = Columns(required=("hadm_id", "seq_num", "icd_code", "icd_version"), optional=())


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One discharge summary."""

    note_id: str
    hadm_id: str
    text: str


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One billed diagnosis: `code` in upper case without a dot, of ICD-9-CM or ICD-10-CM as `version` says."""

    hadm_id: str
    rank: int
    code: str
    version: str


def find(folder: Path, wanted: str) -> Path:
    """The one file of that name at any depth below the folder, zipped or not. Raises DataError where it is not one."""
    name = Path(wanted).name
    if not folder.is_dir():
        raise DataError(f"--mimic={folder}: no such folder; name the one that holds {wanted}")
    paths = sorted(path for path in folder.rglob("*") if path.name in (name, name.removesuffix(".gz")))
    if not paths:
        raise DataError(f"--mimic={folder}: no {wanted} below it; get it from physionet.org/content/{_MODULES[wanted]}")
    if len(paths) > 1:
        raise DataError(f"--mimic={folder}: {len(paths)} files {name} below it; name the folder of one release")
    return paths[0]


def letters(path: Path, dropped: Counter[str]) -> Iterator[Letter]:
    """The first discharge summary of every admission, in the file's order; `dropped` counts the other rows by reason.

    Raises DataError where `delimited.records` does.
    """
    seen: set[str] = set()
    for _, row in delimited.records(path, _LETTER, is_streamed=True):
        if reason := _unfit(row, seen):
            dropped[f"letters: {reason}"] += 1
            continue
        seen.add(row["hadm_id"])
        yield Letter(note_id=row["note_id"], hadm_id=row["hadm_id"], text=row["text"])


def diagnoses(path: Path) -> Iterator[Diagnosis]:
    """Every row. Raises DataError where `delimited.records` does, and at a row without admission, place or version."""
    for place, row in delimited.records(path, _DIAGNOSIS, is_streamed=True):
        if not (row["hadm_id"] and row["seq_num"].isdecimal() and row["icd_version"] in ("9", "10")):
            raise DataError(f"{place}: needs hadm_id, a whole seq_num and icd_version 9 or 10; download the file again")
        code = row["icd_code"].strip().replace(".", "").upper()
        yield Diagnosis(hadm_id=row["hadm_id"], rank=int(row["seq_num"]), code=code, version=row["icd_version"])


def _unfit(row: Mapping[str, str], seen: set[str]) -> str:
    """Why the row is no letter to use, else nothing."""
    if row["note_type"] != "DS":  # AD is an addendum to one
        return "not a discharge summary"
    if not row["hadm_id"] or not row["text"].strip():
        return "no admission id, or no text"
    return "second of its admission" if row["hadm_id"] in seen else ""
