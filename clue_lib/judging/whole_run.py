"""What is judged over several tasks: CLUE's averages, families of failure modes, CLUE's metrics together. Pure."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from clue_lib.errors import NothingMeasured
from clue_lib.judging import averages, together
from clue_lib.judging.averages import Key
from clue_lib.judging.combine import any_degradation, average, pool
from clue_lib.judging.compare import Measured, describe
from clue_lib.judging.gates import FAMILIES
from clue_lib.judging.measuring import Measures
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Family, Gate, NotCompared, TaskRun

Runs = Mapping[str, tuple[TaskRun, TaskRun]]
"""Baseline and candidate of every task that ran, in the order of `TASKS`."""


def compare_over_tasks(
    gate: Gate, runs: Runs, *, gates: Sequence[Gate], measures: Measures, seed: int
) -> Comparison | NotCompared:
    """The figure of a gate of the whole run, or why there is none.

    An average needs all its tasks, all with bundled data or none. The families and the pooled test take the tasks that
    `together.counted` names; `gates` say which metrics the pooled test takes.
    """
    if gate.kind == "average":
        return _average(gate, runs, measures)
    counted = together.counted({name: baseline.tier for name, (baseline, _) in runs.items()})
    groups = [_measured_keys(runs, keys, measures) for keys in members(gate, counted, gates)]
    if not any(groups):
        return NotCompared(reason=f"no task that ran counts towards {gate.id}")
    asked = measures.asked((gate.task, gate.metric))
    if gate.kind == "family":
        return average(averages.equally(groups), task=gate.task, metric=gate.metric, asked=asked)
    return any_degradation(groups, seed=seed, task=gate.task, metric=gate.metric, asked=asked)


def members(gate: Gate, tasks: Collection[str], gates: Iterable[Gate]) -> list[list[Key]]:
    """What a family's gate or the pooled test looks at, a list for each of these tasks that has any of it.

    A family's gate: (task, family). The pooled test: (task, metric) of CLUE's metrics that may fail a run; tasks that
    are averaged to one, as LongHealth's are, have one list.
    """
    if gate.kind == "family":
        family = FAMILIES[gate.metric]
        return [[(name, family)] for name in tasks if _has_family(name, family)]
    gated = {(one.task, one.metric) for one in gates if one.role != "monitor"}
    groups: dict[str, list[Key]] = {}
    for name in tasks:
        keys = [(name, metric) for metric in TASKS[name].clue_metrics if (name, metric) in gated]
        groups.setdefault(TASKS[name].group or name, []).extend(keys)
    return [group for group in groups.values() if group]


def _has_family(task: str, family: Family) -> bool:
    return any(METRICS[metric].family == family for metric in TASKS[task].metrics)


def _average(gate: Gate, runs: Runs, measures: Measures) -> Comparison | NotCompared:
    tasks = averages.tasks_in(gate.metric)
    if missing := [name for name in tasks if name not in runs]:
        return NotCompared(reason=f"it needs {', '.join(missing)}, which did not run")
    if together.is_mixed(runs[name][0].tier for name in tasks):
        return NotCompared(
            reason="bundled and real data are not averaged together; give all of its tasks real data, or none"
        )
    keys = averages.metrics_in(gate.metric)
    try:
        measured = {(task, metric): measures.of(*runs[task], metric) for task, metric in keys}
    except NothingMeasured as error:
        return NotCompared(reason=str(error))
    if gate.metric == averages.CASES:  # weighing cases by their number is to pool them, which keeps the exact test
        pooled = pool([one.paired for one in measured.values()], gate.task)
        cases = describe(measures.measure(pooled, figure=(gate.task, gate.metric)))
        return dataclasses.replace(cases, metric=gate.metric)
    weights = averages.weights(gate.metric, {})
    weighted = [(weights[key], measured[key]) for key in keys]
    return average(weighted, task=gate.task, metric=gate.metric, asked=measures.asked((gate.task, gate.metric)))


def _measured_keys(runs: Runs, keys: Iterable[Key], measures: Measures) -> list[Measured]:
    """The task's metrics or family, without those that are undefined for every example."""
    of_keys = (measures.defined(*runs[task], name) for task, name in keys)
    return [measured for measured in of_keys if measured is not None]
