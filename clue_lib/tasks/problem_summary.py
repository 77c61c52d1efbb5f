"""Problem Summary: a progress note's problem list (Gao et al. 2023, BioNLP shared task 1A; CLUE level 1)."""

from pathlib import Path

from clue_lib import answers
from clue_lib.datasets.readers import refuse_blank, rows
from clue_lib.tasks.base import TEXT_METRICS, Task
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


TASK = Task(
    name="problem_summary",
    level="level1",
    title="Problem Summary",
    n_shots=3,
    max_new_tokens=128,
    read=read,
    parse=answers.free_text,
    ideal=lambda example: str(example.gold),
    clue_metrics=(*TEXT_METRICS, "concept_f1"),
    other_metrics=("unsupported_concepts", "wrong_length"),
)
