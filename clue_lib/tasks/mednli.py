"""MedNLI, whether a hypothesis follows from a premise (Romanov and Shivade 2018; CLUE level 1)."""

import re
from pathlib import Path

from clue_lib import answers, digests
from clue_lib.datasets.readers import refuse_blank, rows
from clue_lib.errors import DataError
from clue_lib.metrics import CHOICE
from clue_lib.tasks.base import Task
from clue_lib.types import Answer, Example

COLUMNS = ("pairID", "gold_label", "sentence1", "sentence2")

# Not \b: markdown's emphasis may be underscores, which count as word characters.
LABELS = {
    "entailment": re.compile(r"(?<![a-z])entail(?:ment|s|ed)?(?![a-z])", re.IGNORECASE),
    "neutral": re.compile(r"(?<![a-z])neutral(?![a-z])", re.IGNORECASE),
    "contradiction": re.compile(r"(?<![a-z])contradict(?:ion|s|ed|ory)?(?![a-z])", re.IGNORECASE),
}


def read(path: Path) -> list[Example]:
    """Pairs of MedNLI 1.0's JSON Lines, or of any flat table; pairs of one premise share a cluster."""
    examples = []
    for place, row in rows(path, COLUMNS):
        if row["gold_label"] not in LABELS:
            raise DataError(f"{place}: gold_label is not a label; it must be one of {', '.join(LABELS)}")
        refuse_blank(row, COLUMNS, place)
        examples.append(
            Example(
                id=row["pairID"],
                cluster=digests.of_value(row["sentence1"])[:16],
                fields={"premise": row["sentence1"], "hypothesis": row["sentence2"]},
                gold=row["gold_label"],
            )
        )
    return examples


def parse(text: str, example: Example | None = None, *, is_cut: bool = False) -> Answer:
    """The one label that the text gives as its answer."""
    return answers.label(text, LABELS, example, is_cut=is_cut)


TASK = Task(
    name="mednli",
    level="level1",
    n_shots=3,
    max_new_tokens=20,
    read=read,
    parse=parse,
    clue_metrics=("accuracy",),
    other_metrics=CHOICE,
    n_scouts=24,
    scout_metric="accuracy",
)
