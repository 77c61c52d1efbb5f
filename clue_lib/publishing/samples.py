"""A finished run's examples as other programs' logs show them: one model's answers to one task, with their scores.

Of data under an agreement a sample is its keyed id and its scores: the table of examples holds no more of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clue_lib.errors import ReportError
from clue_lib.metrics import METRICS
from clue_lib.report import EXAMPLES_FILE, Document, examples, figures
from clue_lib.types import PRIVATE_TIERS, ModelInfo, Side, TaskInfo, withheld


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One answer; `scores` holds the metrics that are defined for it. Of private data all texts are empty.

    `question` is what the prompt was filled with, long fields cut. `finish_reason` is empty where it is not known.
    """

    id: str
    repeat: int
    question: str
    gold: str
    text: str
    answer: str
    finish_reason: str
    scores: Mapping[str, float]


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswers:
    """One model's answers to one task. `values` are the scores of the whole run by metric, as its gates state them."""

    side: Side
    model: ModelInfo
    task: TaskInfo
    values: Mapping[str, float]
    samples: Sequence[Sample]

    @property
    def is_private(self) -> bool:
        """Whether no text of it may leave."""
        return self.task.tier in PRIVATE_TIERS


def of_run(document: Document, folder: Path) -> list[TaskAnswers]:
    """Both models' answers to every task of the run whose reports lie in the folder, task by task.

    Raises ReportError where there is no table of examples, or one that quotes data under an agreement.
    """
    path = folder / EXAMPLES_FILE
    rows: dict[str, list[examples.Row]] = {}
    for row in examples.read(path).to_dict("records"):
        rows.setdefault(str(row["task"]), []).append({str(name): value for name, value in row.items()})
    models: dict[Side, ModelInfo] = {"baseline": document.run.baseline, "candidate": document.run.candidate}
    found = []
    for task in document.run.tasks:
        of_task = rows.get(task.name, [])
        if task.tier in PRIVATE_TIERS:
            _check_withheld(of_task, path)
        found += [
            TaskAnswers(
                side=side,
                model=model,
                task=task,
                values=_values(document, task.name, side),
                samples=[_sample(row, side) for row in of_task],
            )
            for side, model in models.items()
        ]
    return found


def _check_withheld(rows: Sequence[examples.Row], path: Path) -> None:
    """Raise ReportError for a table that lies beside the data, with its texts."""
    if any(row[name] for row in rows for name in examples.TEXT_COLUMNS):
        raise ReportError(f"{path}: quotes data under an agreement; name the report folder of the run itself")


def _values(document: Document, task: str, side: Side) -> dict[str, float]:
    """What the model scores by each gate of the task that compared anything."""
    figure = figures.baseline if side == "baseline" else figures.candidate
    own = [verdict for verdict in document.verdicts if verdict.gate.task == task and verdict.gate.metric in METRICS]
    values = {verdict.gate.metric: figure(verdict) for verdict in own}
    return {metric: value for metric, value in values.items() if value is not None}


def _sample(row: examples.Row, side: Side) -> Sample:
    prefix = f"{side}."
    scores = {
        name.removeprefix(prefix): float(value)
        for name, value in row.items()
        if name.startswith(prefix) and value is not None and not math.isnan(float(value))
    }
    return Sample(
        id=str(row["example_id"]),
        repeat=int(row["repeat"] or 0),
        question=_text(row["question"]),
        gold=_text(row["gold"]),
        text=_text(row[f"{side}_text"]),
        answer=_text(row[f"{side}_answer"]),
        finish_reason=_text(row[f"{side}_finish_reason"]),
        scores=scores,
    )


def _text(value: str | float | None) -> str:
    return value if isinstance(value, str) else ""
