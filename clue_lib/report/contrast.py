"""Multiple choice against clinical work: what a score in questions with answers to choose from does not tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from clue_lib.report.averages import Average
from clue_lib.tasks import TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Tasks that are answered alike, and the mean of their averages' differences, a share."""

    name: str
    tasks: tuple[str, ...]
    delta: float


def contrast(averages: Iterable[Average]) -> tuple[Contrast, ...]:
    """Multiple choice against clinical tasks, and of these the chosen against the written answers; empty if but one."""
    deltas: dict[str, dict[str, float]] = {}
    for average in averages:
        if average.name in TASKS and average.baseline is not None and average.candidate is not None:
            of_kind = deltas.setdefault(_kind(average.name), {})
            of_kind[average.name] = average.candidate - average.baseline
    kinds = [
        Contrast(name=name, tasks=tuple(of_task), delta=fmean(of_task.values()))
        for name, of_task in sorted(deltas.items())
    ]
    return tuple(kinds) if len(kinds) > 1 else ()


def _kind(task: str) -> str:
    if TASKS[task].is_monitored:
        return "Multiple choice of your own"
    is_chosen = TASKS[task].clue_metrics == ("accuracy",)
    return "Clinical, an answer to choose" if is_chosen else "Clinical, an answer to write"
