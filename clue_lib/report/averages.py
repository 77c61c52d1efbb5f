"""CLUE's averages of a run, beside published figures of the same models."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from clue_lib.judging import averages, together
from clue_lib.judging.averages import Key
from clue_lib.report.published import published_averages
from clue_lib.types import Comparison, Levels, TaskInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """One average of both models, None with a `note` where it can't be formed; the published figures where there are.

    All are shares in 0..1.
    """

    name: str
    baseline: float | None
    candidate: float | None
    published_baseline: float | None
    published_candidate: float | None
    note: str


def of_run(
    comparisons: Iterable[Comparison], tasks: Sequence[TaskInfo], *, baseline: str, candidate: str
) -> tuple[Average, ...]:
    """Every average that the run's tasks have a part in; `baseline` and `candidate` are the models' aliases."""
    sizes: dict[str, int] = {}
    levels: dict[Key, Levels] = {}
    for comparison in comparisons:
        sizes[comparison.task] = comparison.n
        if comparison.levels is not None:
            levels[comparison.task, comparison.metric] = comparison.levels
    of_baseline = averages.of_metrics({key: both.baseline for key, both in levels.items()}, sizes)
    of_candidate = averages.of_metrics({key: both.candidate for key, both in levels.items()}, sizes)
    published_baseline, published_candidate = published_averages(baseline), published_averages(candidate)
    ran = {info.name for info in tasks}
    rows = []
    for name in averages.parts():
        if not ran.intersection(averages.tasks_in(name)):
            continue
        note = _note(name, tasks, of_baseline)
        average = Average(
            name=name,
            baseline=None if note else of_baseline[name],
            candidate=None if note else of_candidate[name],
            published_baseline=published_baseline.get(name),
            published_candidate=published_candidate.get(name),
            note=note,
        )
        rows.append(average)
    return tuple(rows)


def _note(name: str, tasks: Sequence[TaskInfo], formed: Collection[str]) -> str:
    """Why an average is left out; empty where it is not. `formed` are those that the run's metrics suffice for."""
    needed = averages.tasks_in(name)
    if name not in formed:
        missing = [task for task in needed if task not in formed]
        return f"left out: no whole result of {', '.join(missing)}"
    if together.is_mixed(info.tier for info in tasks if info.name in needed):
        return "left out: bundled and real data are not averaged together"
    return ""
