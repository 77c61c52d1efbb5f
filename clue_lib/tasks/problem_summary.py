"""Problem Summary: a progress note's problem list (Gao et al. 2023, BioNLP shared task 1A; CLUE level 1)."""

from pathlib import Path

from clue_lib.datasets.readers import refuse_blank, rows
from clue_lib.tasks.base import text_task
from clue_lib.types import Example

COLUMNS = ("File ID", "Assessment", "Summary")
SUBJECTIVE = "Subjectives|Subjective Sections"
BLANK = "(nothing recorded)"


def read(path: Path) -> list[Example]:
    """Rows of the test file, or of the training file, whose columns are named otherwise; each note is a cluster."""
    examples = []
    for place, row in rows(path, COLUMNS, (SUBJECTIVE,)):
        refuse_blank(row, ("File ID", "Summary"), place)
        examples.append(
            Example(
                id=row["File ID"],
                cluster=row["File ID"],
                fields={
                    "subjective": row["Subjectives"].strip() or BLANK,
                    "assessment": row["Assessment"].strip() or BLANK,
                },
                gold=row["Summary"].strip(),
            )
        )
    return examples


TASK = text_task("problem_summary", "level1", read, n_shots=3, has_concepts=True)
