"""What is judged over several tasks: CLUE's averages, families of failure modes, all gated metrics together. Pure."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from clue_lib.errors import NothingMeasured
from clue_lib.judging import averages, together
from clue_lib.judging.averages import Key
from clue_lib.judging.combine import any_degradation, average, pool
from clue_lib.judging.compare import Measured, describe, measure
from clue_lib.judging.pairing import Paired, pair, pair_family
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Family, Gate, NotCompared, TaskRun

Runs = Mapping[str, tuple[TaskRun, TaskRun]]
"""Baseline and candidate of every task that ran, in the order of `TASKS`."""

FAMILIES: Mapping[str, Family] = {
    "instruction_following": "instruction following",
    "hallucination": "hallucination",
}
"""The families of failure modes, by the metric of their gate."""


def compare_over_tasks(
    gate: Gate, runs: Runs, *, gates: Sequence[Gate], policy: Policy, seed: int
) -> Comparison | NotCompared:
    """The figure of a gate of the whole run, or why there is none.

    An average needs all its tasks, all with bundled data or none. The families and the pooled test take the tasks that
    `together.counted` names; `gates` say which metrics the pooled test takes.
    """
    if gate.kind == "average":
        return _average(gate, runs, policy)
    counted = together.counted({name: baseline.tier for name, (baseline, _) in runs.items()})
    groups = [_measured_keys(runs, keys, policy) for keys in members(gate, counted, gates)]
    weighted = averages.equally(groups)
    if not weighted:
        return NotCompared(reason=f"no task that ran counts towards {gate.id}")
    if gate.kind == "family":
        return average(weighted, task=gate.task, metric=gate.metric)
    return any_degradation(weighted, seed=seed, task=gate.task, metric=gate.metric)


def members(gate: Gate, tasks: Collection[str], gates: Iterable[Gate]) -> list[list[Key]]:
    """What a family's gate or the pooled test looks at, a list for each of these tasks that has any of it.

    A family's gate: (task, family). The pooled test: (task, metric) of all metrics that may fail a run.
    """
    if gate.kind == "family":
        family = FAMILIES[gate.metric]
        return [[(name, family)] for name in tasks if _has_family(name, family)]
    gated = {(one.task, one.metric) for one in gates if one.role != "monitor"}
    groups = [[(name, metric) for metric in TASKS[name].metrics if (name, metric) in gated] for name in tasks]
    return [group for group in groups if group]


def _has_family(task: str, family: Family) -> bool:
    return any(METRICS[metric].family == family for metric in TASKS[task].metrics)


def _average(gate: Gate, runs: Runs, policy: Policy) -> Comparison | NotCompared:
    tasks = averages.tasks_in(gate.metric)
    if missing := [name for name in tasks if name not in runs]:
        return NotCompared(reason=f"it needs {', '.join(missing)}, which did not run")
    if together.is_mixed(runs[name][0].tier for name in tasks):
        return NotCompared(
            reason="bundled and real data are not averaged together; give all of its tasks real data, or none"
        )
    keys = averages.metrics_in(gate.metric)
    try:
        paired = {(task, metric): pair(*runs[task], metric) for task, metric in keys}
    except NothingMeasured as error:
        return NotCompared(reason=str(error))
    if gate.metric == averages.CASES:  # weighing cases by their number is to pool them, which keeps the exact test
        cases = describe(_measured(pool(list(paired.values()), gate.task), policy))
        return dataclasses.replace(cases, metric=gate.metric)
    weights = averages.weights(gate.metric, {})
    weighted = [(weights[key], _measured(paired[key], policy)) for key in keys]
    return average(weighted, task=gate.task, metric=gate.metric)


def _measured_keys(runs: Runs, keys: Iterable[Key], policy: Policy) -> list[Measured]:
    """The task's metrics or family, without those that are undefined for every example."""
    measured = []
    for task, name in keys:
        paired = pair_defined(*runs[task], name)
        if paired is not None:
            measured.append(_measured(paired, policy))
    return measured


def pair_defined(baseline: TaskRun, candidate: TaskRun, name: str) -> Paired | None:
    """Both runs on a metric or a family; None where the task has none, or it is undefined for every example."""
    try:
        for family in FAMILIES.values():
            if name == family:
                return pair_family(baseline, candidate, family)
        return pair(baseline, candidate, name)
    except NothingMeasured:
        return None


def _measured(paired: Paired, policy: Policy) -> Measured:
    return measure(paired, confidence=policy.confidence, power=policy.power)
