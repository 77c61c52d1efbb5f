"""What is judged over several tasks: CLUE's averages, families of failure modes, all gated metrics together. Pure."""

from collections.abc import Mapping, Sequence

from clue_lib.errors import NothingMeasured
from clue_lib.judging.compare import Measured, any_degradation, average, describe, measure
from clue_lib.judging.pairing import Paired, pair, pair_family, pool
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics.base import Family
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Gate, TaskRun

Runs = Mapping[str, tuple[TaskRun, TaskRun]]
"""Baseline and candidate of every task that ran, in the order of `TASKS`."""

FAMILIES: Mapping[str, Family] = {
    "instruction_following": "instruction following",
    "hallucination": "hallucination",
}


def compare_over_tasks(gate: Gate, runs: Runs, *, gates: Sequence[Gate], policy: Policy, seed: int) -> Comparison | str:
    """The figure of a gate of `thresholds.WHOLE_RUN`, or why there is none.

    An average needs all its tasks, all with bundled data or none. The families and the pooled test take the tasks that
    ran, and of these only those with real data where any has; `gates` say which metrics the pooled test takes.
    """
    if gate.task == "averages":
        try:
            return _average(gate, runs, policy)
        except NothingMeasured as error:
            return str(error)
    alike = _of_one_kind(runs)
    if gate.task == "families":
        found = [pair_family(*run, FAMILIES[gate.metric]) for run in alike.values()]
        groups = [[_measured(paired, policy)] for paired in found if paired]
    else:
        gated = {(g.task, g.metric) for g in gates if g.role != "monitor"}
        groups = [
            [_measured(pair(*run, m), policy) for m in TASKS[name].metrics if (name, m) in gated and _says(run, m)]
            for name, run in alike.items()
        ]
    groups = [group for group in groups if group]
    if not groups:
        return f"no task that ran counts towards {gate.id}"
    if gate.task == "families":
        return average(groups, task=gate.task, metric=gate.metric)
    return any_degradation(groups, seed=seed, task=gate.task, metric=gate.metric)


def _average(gate: Gate, runs: Runs, policy: Policy) -> Comparison | str:
    tasks = [task for task in TASKS.values() if task.level == gate.metric]
    if missing := [task.name for task in tasks if task.name not in runs]:
        return f"it needs {', '.join(missing)}, which did not run"
    if len({runs[task.name][0].tier == "bundled" for task in tasks}) > 1:
        return "bundled and other data are not averaged together; give all of its tasks real data, or none"
    if gate.metric == "case_challenges":  # the accuracy over all cases
        return describe(_measured(pool([pair(*runs[task.name], "accuracy") for task in tasks], gate.task), policy))
    groups: dict[str, list[Measured]] = {}
    for task in tasks:
        of_task = [_measured(pair(*runs[task.name], metric), policy) for metric in task.clue_metrics]
        groups.setdefault(task.group or task.name, []).extend(of_task)
    return average(list(groups.values()), task=gate.task, metric=gate.metric)


def _of_one_kind(runs: Runs) -> Runs:
    """CLUE's tasks with real data where there are any, else all; a monitored task and a user's own never count."""
    counted = {name: run for name, run in runs.items() if name in TASKS and not TASKS[name].is_monitored}
    real = {name: run for name, run in counted.items() if run[0].tier != "bundled"}
    return real or counted


def _says(run: tuple[TaskRun, TaskRun], metric: str) -> bool:
    return any(value is not None for value in run[0].scores[metric])


def _measured(paired: Paired, policy: Policy) -> Measured:
    return measure(paired, confidence=policy.confidence, power=policy.power)
