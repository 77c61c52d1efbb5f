"""Planted defects: what a damaged model would have answered, made from answers that a model gave. Pure.

They tell what a run would have noticed. Which answers change is decided by hash, so that a smaller defect of a kind
changes a part of those that a larger one changes.
"""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clue_lib.metrics import METRICS
from clue_lib.runs import planting
from clue_lib.runs.planting import EMBEDDED, Plant
from clue_lib.runs.scoring import read_answer
from clue_lib.tasks import named
from clue_lib.types import Response, TaskRun

LOSSES = (0.03, 0.05, 0.10)
"""Shares by which a planted loss lowers a task's first metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A defect of `tasks`: `plant` gives each response's generation as it would be then, in their order."""

    name: str
    tasks: tuple[str, ...]
    plant: Plant


def defects(tasks: Collection[str]) -> tuple[Defect, ...]:
    """Every defect that can be planted in one of these tasks."""
    chosen = [named(name) for name in tasks]
    choices = [task.name for task in chosen if task.clue_metrics == ("accuracy",)]
    unanswerable = [task.name for task in chosen if "answered_unanswerable" in task.metrics]
    coded = [task.name for task in chosen if "invalid_codes" in task.metrics]
    written = [task.name for task in chosen if "wrong_length" in task.metrics]
    every = [task.name for task in chosen]
    planned = [
        ("one answer in ten empty", every, planting.empty),
        ("one answer in twenty looping", every, planting.looping),
        ("always the first option", choices, planting.first_option),
        ("never says that the letters do not answer", unanswerable, planting.never_unanswerable),
        ("one list of codes in five invented", coded, planting.invented_codes),
        ("negations flipped", written, planting.negated),
        *((f"{_points(loss)} points lost", every, planting.loss(loss)) for loss in LOSSES),
        *((f"{_points(loss)} points lost", [name], planting.loss(loss)) for loss in LOSSES for name in every),
    ]
    return tuple(Defect(name=name, tasks=tuple(of), plant=plant) for name, of, plant in planned if of)


def planted(run: TaskRun, defect: Defect) -> TaskRun:
    """The run with the defect planted, every metric but the embedded one scored anew where an answer changed."""
    task = named(run.task)
    generations = defect.plant(task, run)
    changed = [i for i, r in enumerate(run.responses) if r.generation != generations[i]]
    if not changed:
        return run
    responses = list(run.responses)
    for i in changed:
        answer = read_answer(task, generations[i], responses[i].example)
        responses[i] = dataclasses.replace(responses[i], generation=generations[i], answer=answer)
    scored = {name: _rescored(name, run.scores[name], responses, changed) for name in run.scores}
    corpora = {name: METRICS[name].corpus for name in run.statistics}
    statistics = {name: corpus.statistics(responses).tolist() for name, corpus in corpora.items() if corpus}
    return dataclasses.replace(
        run,
        responses=tuple(responses),
        scores=scored,
        statistics={name: tuple(map(tuple, rows)) for name, rows in statistics.items()},
    )


def _rescored(
    name: str, known: Sequence[float | None], responses: Sequence[Response], changed: Sequence[int]
) -> tuple[float | None, ...]:
    if name == EMBEDDED:
        return tuple(known)
    metric = METRICS[name]
    if metric.is_of_run:
        return tuple(metric.score(responses))
    values = list(known)
    for i, value in zip(changed, metric.score([responses[i] for i in changed]), strict=True):
        values[i] = value
    return tuple(values)


def _points(share: float) -> str:
    return f"{100 * share:.0f}"
