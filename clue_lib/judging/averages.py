"""CLUE's averages of tasks, levels and case challenges: what each is made of, and with which weight. Pure.

A task's average is the mean of its CLUE metrics. LongHealth's three tasks are averaged before they count in level 2;
the overall average is that of the two levels. The case challenges' average is the accuracy over all their cases, so
that each of the two has the weight of its number of cases. All are shares in 0..1.

Everything that forms an average asks here: the values that reports show, the comparisons that are judged, and the
forecast of what a run could see.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from clue_lib.tasks import TASKS

Key = tuple[str, str]
"""A metric of a task: (task, metric)."""

Part = Key | str
"""What an average is made of: a metric of a task, or another average by its name."""

Item = TypeVar("Item")

CASES = "case_challenges"
"""The average whose parts are weighted by their numbers of examples; in all others each part has the same weight."""


def parts() -> dict[str, tuple[Part, ...]]:
    """What each average is made of, by its name, in the order of reports; an average stands after its parts."""
    tasks = TASKS.values()
    table: dict[str, tuple[Part, ...]] = {}
    for task in tasks:
        table[task.name] = tuple((task.name, metric) for metric in task.clue_metrics)
    for group in dict.fromkeys(task.group for task in tasks if task.group):
        table[group] = tuple(task.name for task in tasks if task.group == group)
    for level in ("level1", "level2", CASES):
        table[level] = tuple(dict.fromkeys(task.group or task.name for task in tasks if task.level == level))
    table["overall"] = ("level1", "level2")
    return table


def metrics_in(average: str) -> tuple[Key, ...]:
    """Every metric that enters the average, in the order of tasks."""
    table = parts()
    keys: list[Key] = []
    for part in table[average]:
        keys += metrics_in(part) if isinstance(part, str) else [part]
    return tuple(keys)


def tasks_in(average: str) -> tuple[str, ...]:
    """The tasks that the average needs, in their order."""
    return tuple(dict.fromkeys(task for task, _ in metrics_in(average)))


def weights(average: str, sizes: Mapping[str, int]) -> dict[Key, float]:
    """The weight of every metric that enters the average; they sum to 1. `sizes` are the tasks' numbers of examples."""
    return dict(_spread(average, 1.0, sizes))


def of_metrics(values: Mapping[Key, float], sizes: Mapping[str, int]) -> dict[str, float]:
    """All averages that one model's metric values suffice for, by name; `sizes` as in `weights`."""
    known: dict[Part, float] = dict(values.items())
    averages: dict[str, float] = {}
    for name, members in parts().items():
        if all(member in known for member in members):
            by_size = [sizes.get(str(member), 0) for member in members] if name == CASES else None
            averages[name] = fmean((known[member] for member in members), by_size)
            known[name] = averages[name]
    return averages


def equally(groups: Sequence[Sequence[Item]]) -> list[tuple[float, Item]]:
    """Every item with its weight, where each group weighs the same and in it each item; the weights sum to 1."""
    filled = [group for group in groups if group]
    return [(1 / len(filled) / len(group), item) for group in filled for item in group]


def _spread(part: Part, weight: float, sizes: Mapping[str, int]) -> Iterator[tuple[Key, float]]:
    """The weight of a part, spread over the metrics that it is made of."""
    if not isinstance(part, str):
        yield part, weight
        return
    members = parts()[part]
    n_all = sum(sizes[str(member)] for member in members) if part == CASES else 0
    for member in members:
        share = weight * sizes[str(member)] / n_all if part == CASES else weight / len(members)
        yield from _spread(member, share, sizes)
