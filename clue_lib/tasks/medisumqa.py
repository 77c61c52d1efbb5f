"""MeDiSumQA: a lay person's question on a discharge letter, answered shortly (Dada et al. 2025; CLUE level 2)."""

from collections import Counter
from pathlib import Path

from clue_lib.datasets.readers import refuse_blank, rows
from clue_lib.tasks.base import text_task
from clue_lib.types import Example

COLUMNS = ("note_id", "Question", "Answer", "discharge_summary")


def read(path: Path) -> list[Example]:
    """One example per question; those on one letter share a cluster."""
    examples = []
    seen: Counter[str] = Counter()
    for place, row in rows(path, COLUMNS):
        refuse_blank(row, COLUMNS, place)
        seen[row["note_id"]] += 1
        examples.append(
            Example(
                id=f"{row['note_id']}/{seen[row['note_id']]}",
                cluster=row["note_id"],
                fields={"letter": row["discharge_summary"].strip(), "question": row["Question"].strip()},
                gold=row["Answer"].strip(),
            )
        )
    return examples


TASK = text_task("medisumqa", "level2", read, n_shots=1, has_concepts=True)
