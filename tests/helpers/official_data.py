"""Data files in the official shapes, made of the bundled ones: as many cases as there are, or as official files have.

Nothing in them is real. A case that stands there again is told apart by a number, so that there are as many examples
and clusters as in the files that users have: the power of the rule depends on these.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import openpyxl

from clue_lib.datasets.sources import BUNDLED_ROOT

Row = dict[str, object]


MEQSUM = "MeQSum_ACL2019_BenAbacha_Demner-Fushman.xlsx"
PER_PATIENT = 20


def write(root: Path, *, official: bool = True) -> Path:
    """Every task's file below the root, of the official sizes or of the bundled ones."""
    root.mkdir(parents=True, exist_ok=True)
    _mednli(root, 1422 if official else 0)
    _meqsum(root, 1000 if official else 0)
    _csv(root, "problem_summary/BioNLP2023-1A-Test.csv", 237 if official else 0, ("File ID", "Assessment"))
    _lines(root, "medisumqa/MeDiSumQA.jsonl", 416 if official else 0, ("note_id", "discharge_summary"))
    _medisumcode(root, 500 if official else 0)
    _lines(root, "nejm/nejm.jsonl", 347 if official else 0, ("id", "question"))
    _csv(root, "jama/jama_raw.csv", 140 if official else 0, ("question",))
    _longhealth(root, 20 if official else 0)
    return root


def _repeated(rows: list[Row], n: int, fields: tuple[str, ...]) -> list[Row]:
    """So many rows, all there are if 0; one that stands there again has its turn's number in these fields."""
    return [_numbered(rows[i % len(rows)], i // len(rows), fields) for i in range(n or len(rows))]


def _numbered(row: Row, turn: int, fields: tuple[str, ...]) -> Row:
    return row | {name: f"{row[name]} ({turn})" for name in fields} if turn else row


def _read_lines(bundled: str) -> list[Row]:
    return [json.loads(line) for line in (BUNDLED_ROOT / bundled).read_text(encoding="utf-8").splitlines()]


def _lines(root: Path, bundled: str, n: int, fields: tuple[str, ...]) -> None:
    rows = _repeated(_read_lines(bundled), n, fields)
    (root / Path(bundled).name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _mednli(root: Path, n: int) -> None:
    _lines(root, "mednli/mli_test_v1.jsonl", n, ("pairID", "sentence1"))


def _meqsum(root: Path, n: int) -> None:
    rows = _repeated(_read_lines("meqsum/meqsum.jsonl"), n, ("File", "CHQ"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(root / MEQSUM)


def _medisumcode(root: Path, n: int) -> None:
    letters = json.loads((BUNDLED_ROOT / "medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    (root / "MeDiSumCode.json").write_text(json.dumps(_repeated(letters, n, ("hadm_id", "text"))), encoding="utf-8")


def _csv(root: Path, bundled: str, n: int, fields: tuple[str, ...]) -> None:
    with (BUNDLED_ROOT / bundled).open(encoding="utf-8", newline="") as file:
        rows: list[Row] = [dict(row) for row in csv.DictReader(file)]
    with (root / Path(bundled).name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(_repeated(rows, n, fields))


def _longhealth(root: Path, n: int) -> None:
    """So many patients of twenty questions each, all as they are if 0."""
    bundled: Mapping[str, dict] = json.loads(
        (BUNDLED_ROOT / "longhealth/benchmark_v5.json").read_text(encoding="utf-8")
    )
    patients = list(bundled.values())
    content: Mapping[str, dict] = bundled
    if n:
        repeated = _repeated(patients, n, ("name",))
        content = {f"patient_{i:02}": _asked_more(patient) for i, patient in enumerate(repeated, 1)}
    (root / "benchmark_v5.json").write_text(json.dumps(content), encoding="utf-8")


def _asked_more(patient: Row) -> Row:
    questions = _repeated(patient["questions"], PER_PATIENT, ("question",))
    return patient | {"questions": [question | {"No": i} for i, question in enumerate(questions)]}
