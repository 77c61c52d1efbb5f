"""MeDiSumCode: the ICD-10-CM codes of a discharge letter's diagnoses (Dada et al. 2025; CLUE level 2)."""

from pathlib import Path

import msgspec

from clue_lib import answers
from clue_lib.datasets.readers import objects
from clue_lib.errors import DataError
from clue_lib.metrics import CODES
from clue_lib.tasks.base import Task
from clue_lib.terminology import icd
from clue_lib.types import Example


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """One gold code of the file; dotted or not."""

    code: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One letter of the file."""

    hadm_id: str | int
    text: str
    icd_codes: list[Code]


def read(path: Path) -> list[Example]:
    """One example per letter; gold is its distinct codes, dotted, in the file's order."""
    examples = []
    for place, content in objects(path):
        try:
            letter = msgspec.convert(content, Letter)
        except msgspec.ValidationError as error:
            raise DataError(f"{place}: {error}; each letter needs hadm_id, text and icd_codes") from error
        codes = tuple(dict.fromkeys(icd.normalise(each.code) for each in letter.icd_codes))
        if not codes or not letter.text.strip():
            raise DataError(f"{place}: no codes or no text; a letter needs both")
        examples.append(
            Example(
                id=str(letter.hadm_id),
                cluster=str(letter.hadm_id),
                fields={"letter": letter.text.strip()},
                gold=codes,
                slices={"codes": "1 to 5" if len(codes) <= 5 else "6 to 10" if len(codes) <= 10 else "over 10"},
            )
        )
    return examples


TASK = Task(
    name="medisumcode",
    level="level2",
    n_shots=1,
    max_new_tokens=256,
    read=read,
    parse=answers.icd_codes,
    ideal=lambda example: ", ".join(example.gold),
    clue_metrics=("code_f1", "category_f1", "valid_share"),
    other_metrics=CODES,
)
