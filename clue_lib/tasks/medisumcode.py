"""MeDiSumCode: the ICD-10-CM codes of a discharge letter's diagnoses (Dada et al. 2025; CLUE level 2)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from clue_lib import answers
from clue_lib.datasets.readers import objects
from clue_lib.errors import DataError
from clue_lib.metrics import CODES
from clue_lib.tasks.base import Task
from clue_lib.terminology import icd
from clue_lib.types import Example, withheld

N_PLACES = 5
"""Lines of the file that a remark names; of further ones it says how many there are."""


@withheld
class Code(msgspec.Struct, frozen=True, kw_only=True):
    """One gold code of the file; dotted or not."""

    code: str


@withheld
class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One letter of the file."""

    hadm_id: str | int
    text: str
    icd_codes: list[Code | str]

    @property
    def codes(self) -> tuple[str, ...]:
        """The distinct codes, dotted, in the file's order."""
        written = (each if isinstance(each, str) else each.code for each in self.icd_codes)
        return tuple(dict.fromkeys(icd.normalise(code) for code in written if code.strip()))


def read(path: Path) -> list[Example]:
    """One example per letter; gold is its distinct codes, dotted, in the file's order.

    A letter without codes, and every letter but the first of an admission, are left out, as `remarks` tells: CLUE's
    own script writes such letters. Raises DataError where a letter has no text or none has codes.
    """
    examples, seen = [], set()
    for _, letter in _letters(path):
        if letter.codes and str(letter.hadm_id) not in seen:
            seen.add(str(letter.hadm_id))
            examples.append(_example(letter))
    if not examples:
        raise DataError(f"{path}: no letter has codes; each needs icd_codes")
    return examples


def remarks(path: Path) -> tuple[str, ...]:
    """What `read` leaves out of the file, and which gold codes the release does not have; with the file's lines."""
    bare, repeated, unknown = [], [], []
    seen = set()
    for place, letter in _letters(path):
        line = place.rpartition(":")[2]
        if not letter.codes:
            bare.append(line)
        elif str(letter.hadm_id) in seen:
            repeated.append(line)
        else:
            seen.add(str(letter.hadm_id))
            unknown += [line] * sum(not icd.is_code(code) for code in letter.codes)
    told = (
        _remark("letters without codes left out", bare),
        _remark("further letters of an admission left out", repeated),
        _remark(f"gold codes that {icd.RELEASE} does not have", unknown),
    )
    return tuple(filter(None, told))


def _letters(path: Path) -> Iterator[tuple[str, Letter]]:
    for place, content in objects(path):
        try:
            letter = msgspec.convert(content, Letter)
        except msgspec.ValidationError as error:
            raise DataError(f"{place}: {error}; each letter needs hadm_id, text and icd_codes") from error
        if not letter.text.strip():
            raise DataError(f"{place}: no text; a letter needs one")
        yield place, letter


def _example(letter: Letter) -> Example:
    n_codes = len(letter.codes)
    return Example(
        id=str(letter.hadm_id),
        cluster=str(letter.hadm_id),
        fields={"letter": letter.text.strip()},
        gold=letter.codes,
        slices={"codes": "1 to 5" if n_codes <= 5 else "6 to 10" if n_codes <= 10 else "over 10"},
    )


def _remark(what: str, lines: Sequence[str]) -> str:
    """How many, and where the first of them stand; nothing of none."""
    if not lines:
        return ""
    distinct = list(dict.fromkeys(lines))
    more = f" and {len(distinct) - N_PLACES} more" if len(distinct) > N_PLACES else ""
    return f"{len(lines)} {what} (line {', '.join(distinct[:N_PLACES])}{more})"


TASK = Task(
    name="medisumcode",
    level="level2",
    n_shots=1,
    max_new_tokens=256,
    read=read,
    remarks=remarks,
    parse=answers.icd_codes,
    ideal=lambda example: ", ".join(example.gold),
    clue_metrics=("code_f1", "category_f1", "valid_share"),
    other_metrics=CODES,
    counted_slices=("codes",),
    n_scouts=16,
    scout_metric="category_f1",
)
