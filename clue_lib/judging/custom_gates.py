"""The gates of a task of the user's own, which come to the thresholds once its test module is collected."""

import dataclasses
from pathlib import Path

from clue_lib import digests
from clue_lib.errors import TaskError
from clue_lib.judging import waivers
from clue_lib.judging.gates import WHOLE_RUN, task_gate
from clue_lib.judging.tables import check_known
from clue_lib.judging.thresholds import Thresholds
from clue_lib.tasks import Task
from clue_lib.text import close_to
from clue_lib.types import Gate


def with_task(thresholds: Thresholds, task: Task) -> Thresholds:
    """The thresholds with the gates of a task of the user's own; the same where they are there, as CLUE's tasks' are.

    A metric's rule is that of [custom.<task>.<metric>], else the task's own, else that of [all.<metric>]. Raises
    TaskError for a metric without any, ThresholdsError for a table or waiver of a metric that the task does not have.
    """
    if task.name in WHOLE_RUN:
        raise TaskError(f"{task.file}: {task.name!r} stands for gates over all tasks; give TASK another name")
    if not task.is_custom or thresholds.for_task(task.name):
        return thresholds
    _check_tables(thresholds, task)
    gates = tuple(_gate(thresholds, task, metric) for metric in task.metrics)
    waived = tuple(waiver for waiver in thresholds.later if waiver.gate.startswith(task.gate_id("")))
    waivers.check(Path(thresholds.file), waived, gates)
    whole_run = thresholds.whole_run
    of_tasks = (gate for gate in thresholds.gates if gate not in whole_run)
    return dataclasses.replace(
        thresholds,
        gates=(*of_tasks, *gates, *whole_run),
        waivers=(*thresholds.waivers, *waived),
        digest=_joint_digest(thresholds.digest, task),
    )


def misspelt_tables(thresholds: Thresholds) -> tuple[str, ...]:
    """A line for each task of [custom.<task>.…] that was not collected, where one of almost the same name was.

    No error: that task's module may lie among those that this session was not asked to collect.
    """
    collected = {gate.task for gate in thresholds.gates if gate.id.startswith("custom.")}
    named = {table.split(".")[1] for table in thresholds.rules if table.startswith("custom.")}
    lines = []
    for name in sorted(named - collected):
        if meant := close_to(name, collected - named):
            lines.append(f"{thresholds.file} [custom.{name}]: no collected test has this task; did you mean {meant}?")
    return tuple(lines)


def _check_tables(thresholds: Thresholds, task: Task) -> None:
    prefix = task.gate_id("")
    for table in thresholds.rules:
        if table.startswith(prefix):
            check_known(Path(thresholds.file), table, "metric", table.removeprefix(prefix), task.metrics)


def _gate(thresholds: Thresholds, task: Task, metric: str) -> Gate:
    id_, of_all = task.gate_id(metric), f"all.{metric}"
    if id_ in thresholds.rules:
        rule, file, table = thresholds.rules[id_], thresholds.file, id_
    elif metric in task.gates:
        rule, file, table = task.gates[metric], task.file, f"TASK.gates.{metric}"
    elif of_all in thresholds.rules:
        rule, file, table = thresholds.rules[of_all], thresholds.file, of_all
    else:
        raise TaskError(
            f"{task.file}: TASK's gates lack {metric!r}; add {metric!r}: GateRule(margin=…, reason=…), or a table "
            f"[{id_}] to a thresholds.toml of your own"
        )
    return task_gate(rule, task, metric, file=file, table=table)


def _joint_digest(digest: str, task: Task) -> str:
    """The file's digest, and behind a "+" one of all rules that tasks brought along."""
    if not task.gates:
        return digest
    of_file, _, of_tasks = digest.partition("+")
    return f"{of_file}+{digests.of_value((of_tasks, task.name, dict(task.gates)))}"
