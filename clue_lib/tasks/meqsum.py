"""MeQSum: a consumer's health message as one short question (Ben Abacha and Demner-Fushman 2019; CLUE level 1)."""

from pathlib import Path

from clue_lib import answers
from clue_lib.datasets.readers import json_lines, sheet
from clue_lib.errors import DataError
from clue_lib.tasks.base import Task
from clue_lib.types import Example


def read(path: Path) -> list[Example]:
    """Rows of the spreadsheet, or of JSON Lines with the same columns; each message is its own cluster."""
    rows = sheet if path.suffix == ".xlsx" else json_lines
    examples = []
    for place, row in rows(path, ("File", "CHQ", "Summary")):
        if not row["CHQ"].strip() or not row["Summary"].strip():
            raise DataError(f"{place}: CHQ or Summary is blank; each row needs both")
        examples.append(
            Example(id=row["File"], cluster=row["File"], fields={"message": row["CHQ"]}, gold=row["Summary"].strip())
        )
    return examples


TASK = Task(
    name="meqsum",
    level="level1",
    title="MeQSum",
    n_shots=3,
    max_new_tokens=128,
    read=read,
    parse=answers.free_text,
    ideal=lambda example: str(example.gold),
    clue_metrics=("rouge1", "rouge2", "rougeL"),
)
