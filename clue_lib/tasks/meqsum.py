"""MeQSum: a consumer's health message as one short question (Ben Abacha and Demner-Fushman 2019; CLUE level 1)."""

from pathlib import Path

from clue_lib.datasets.readers import refuse_blank, rows
from clue_lib.tasks.base import text_task
from clue_lib.types import Example

COLUMNS = ("File", "CHQ", "Summary")


def read(path: Path) -> list[Example]:
    """Rows of the spreadsheet, or of any flat table with its columns; each message is its own cluster."""
    examples = []
    for place, row in rows(path, COLUMNS):
        refuse_blank(row, COLUMNS, place)
        examples.append(
            Example(id=row["File"], cluster=row["File"], fields={"message": row["CHQ"]}, gold=row["Summary"].strip())
        )
    return examples


TASK = text_task("meqsum", "level1", read, n_shots=3, has_concepts=False)
