"""Makes gates out of rules: for one metric of a task, or for a figure over several tasks."""

from collections.abc import Mapping

from clue_lib.errors import ThresholdsError
from clue_lib.metrics import METRICS
from clue_lib.tasks import Task
from clue_lib.types import Family, Gate, GateKind, GateRule

WHOLE_RUN: dict[str, tuple[str, ...]] = {
    "averages": ("level1", "level2", "case_challenges"),
    "families": ("instruction_following", "hallucination"),
    "pooled": ("any_degradation",),
}
"""What is judged over several tasks: CLUE's averages, the families of failure modes, and CLUE's metrics together."""

FAMILIES: Mapping[str, Family] = {
    "instruction_following": "instruction following",
    "hallucination": "hallucination",
}
"""The families of failure modes, by the figure of their gate."""

RUN_KINDS: Mapping[str, GateKind] = {"averages": "average", "families": "family", "pooled": "pooled"}
"""The kind of each of these groups."""


def task_gate(rule: GateRule, task: Task, metric: str, *, file: str, table: str) -> Gate:
    """The gate of a task's metric that is judged by the rule, which stands in that table of the file.

    Raises ThresholdsError where the rule lets a metric gate that is only monitored.
    """
    if METRICS[metric].is_monitored and rule.role != "monitor":
        raise ThresholdsError(
            f'{file} [{table}]: role = "{rule.role}": {metric} explains other gates and never is one itself; write '
            'role = "monitor"'
        )
    return Gate(
        id=task.gate_id(metric),
        task=task.name,
        metric=metric,
        kind=kind_of(task, metric),
        better=METRICS[metric].better,
        family=METRICS[metric].family,
        role=rule.role,
        margin=rule.margin,
        floor=rule.floor,
        ceiling=rule.ceiling,
        reason=rule.reason,
        file=file,
        table=table,
    )


def run_gate(rule: GateRule, group: str, figure: str, *, file: str, table: str) -> Gate:
    """As `task_gate`, of a figure of one of the groups of `WHOLE_RUN`.

    A family counts failures, of which fewer are better; an average and the pooled test sum scores.
    """
    kind = RUN_KINDS[group]
    return Gate(
        id=f"{group}.{figure}",
        task=group,
        metric=figure,
        kind=kind,
        better="lower" if kind == "family" else "higher",
        role=rule.role,
        margin=rule.margin,
        floor=rule.floor,
        ceiling=rule.ceiling,
        reason=rule.reason,
        file=file,
        table=table,
    )


def kind_of(task: Task, metric: str) -> GateKind:
    """What a gate on the task's metric judges."""
    if metric in task.clue_metrics:
        return "clue"
    if task.is_custom and metric in task.other_metrics:
        return "own"
    return "failure mode" if METRICS[metric].better == "lower" else "other"
