"""CLUE's averages of tasks, levels and case challenges, as CLUE forms them. Pure.

A task's average is the mean of its CLUE metrics; LongHealth's three tasks are averaged before they count in level 2;
the overall average is that of the two levels. The case challenges' average is the accuracy over all their cases. All
are shares in 0..1.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean

from clue_lib.tasks import TASKS, Task

Values = Mapping[tuple[str, str], float]
"""Metric values of one model, by (task, metric)."""


def of_metrics(values: Values, sizes: Mapping[str, int]) -> dict[str, float]:
    """All averages that these values suffice for; `sizes` are the tasks' examples, which weigh the case challenges."""
    found: dict[str, float] = {}
    for name, task in TASKS.items():
        if all((name, metric) in values for metric in task.clue_metrics):
            found[name] = fmean(values[name, metric] for metric in task.clue_metrics)
    for group in {task.group for task in TASKS.values() if task.group}:
        _add_mean(found, group, [task.name for task in TASKS.values() if task.group == group])
    for level in ("level1", "level2"):
        _add_mean(found, level, list(dict.fromkeys(task.group or task.name for task in _of_level(level))))
    _add_mean(found, "overall", ["level1", "level2"])
    cases = [task.name for task in _of_level("case_challenges")]
    _add_mean(found, "case_challenges", cases, [sizes.get(case, 0) for case in cases])
    return found


def _of_level(level: str) -> list[Task]:
    return [task for task in TASKS.values() if task.level == level]


def _add_mean(found: dict[str, float], name: str, parts: Sequence[str], weights: Sequence[int] | None = None) -> None:
    if all(part in found for part in parts):
        found[name] = fmean((found[part] for part in parts), weights)


def parts() -> dict[str, frozenset[str]]:
    """Every average's tasks, in the order of reports."""
    parts = {name: frozenset({name}) for name in TASKS}
    for group in {task.group: None for task in TASKS.values() if task.group}:
        parts[group] = frozenset(task.name for task in TASKS.values() if task.group == group)
    for level in ("level1", "level2", "case_challenges"):
        parts[level] = frozenset(task.name for task in _of_level(level))
    return parts | {"overall": parts["level1"] | parts["level2"]}
