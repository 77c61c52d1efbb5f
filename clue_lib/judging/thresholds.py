"""The thresholds file: the policy, the gates of tasks and of the whole run, and the waivers.

[all.<metric>] holds for any task that has the metric, [<level>.<task>.<metric>] for one of them before it; the tables
of `WHOLE_RUN` for what is judged over several tasks. A task of the user's own brings its gates with it: see
`custom_gates`.
"""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from clue_lib import digests, files
from clue_lib.errors import ThresholdsError
from clue_lib.judging import waivers
from clue_lib.judging.gates import WHOLE_RUN, run_gate, task_gate
from clue_lib.judging.tables import as_struct, as_table, check_known, gate_rules
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Gate, GateRule, Waiver


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[policy]: what holds for every gate. Confidence and power are one-sided, in 0.5..1."""

    confidence: float
    power: float
    min_clusters: int
    min_net_examples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """A checked thresholds file, and the gates of the user's own tasks that were added to it.

    The whole run's gates come after the tasks'. `digest` names the file's content; where tasks brought gates of their
    own, those follow behind a "+". `rules` are the file's tables by dotted name; `later` are waivers of gates that only
    tasks of the user's own could have.
    """

    file: str
    policy: Policy
    gates: tuple[Gate, ...]
    waivers: tuple[Waiver, ...]
    digest: str
    rules: Mapping[str, GateRule]
    later: tuple[Waiver, ...] = ()

    def for_task(self, task: str) -> tuple[Gate, ...]:
        """The task's gates, in the order of its metrics."""
        return tuple(gate for gate in self.gates if gate.task == task)

    @property
    def whole_run(self) -> tuple[Gate, ...]:
        """The gates over several tasks."""
        return tuple(gate for gate in self.gates if gate.is_of_run)


def load(path: Path, *, name: str | None = None) -> Thresholds:
    """Read and check a thresholds file, called by its `name`, by default its path, in what the gates say of it.

    Raises ThresholdsError, naming file, table and key, for an unknown level, task, metric or key, a value out of range,
    a waiver that has expired or waives nothing, or a metric without a table: a gate must be dropped by
    `role = "monitor"`, never by silence.
    """
    content = _parsed(path)
    file = name or str(path)
    policy = _policy(path, content.pop("policy", None))
    waived = waivers.read(path, content.pop("waiver", []))
    rules = _rules(path, content)
    of_tasks = [_gate(file, task, metric, rules) for task in TASKS.values() for metric in task.metrics]
    of_run = [_whole_run_gate(file, group, figure, rules) for group, figures in WHOLE_RUN.items() for figure in figures]
    gates = (*of_tasks, *of_run)
    later = tuple(waiver for waiver in waived if waiver.gate.startswith("custom."))
    now = tuple(waiver for waiver in waived if waiver not in later)
    waivers.check(path, now, gates)
    return Thresholds(
        file=file,
        policy=policy,
        gates=gates,
        waivers=now,
        digest=digests.of_file(path),
        rules=rules,
        later=later,
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(files.read_text(path))
    except OSError as error:
        raise ThresholdsError(f"{path}: {error.strerror}; name an existing file with --thresholds") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ThresholdsError(f"{path}: {error}") from error


def _policy(path: Path, table: object) -> Policy:
    if table is None:
        raise ThresholdsError(f"{path}: no table [policy]; add it with {', '.join(Policy.__struct_fields__)}")
    policy = as_struct(path, "policy", table, Policy)
    for name in ("confidence", "power"):
        value = getattr(policy, name)
        if not 0.5 < value < 1:
            raise ThresholdsError(f"{path} [policy]: {name} = {value}; it must lie between 0.5 and 1")
    for name in ("min_clusters", "min_net_examples"):
        value = getattr(policy, name)
        if value < 1:
            raise ThresholdsError(f"{path} [policy]: {name} = {value}; it must be at least 1")
    return policy


def _rules(path: Path, content: Mapping[str, object]) -> dict[str, GateRule]:
    """Every gate's table by its dotted name."""
    levels = {task.level for task in TASKS.values()}
    metrics = {metric for task in TASKS.values() for metric in task.metrics}
    rules: dict[str, GateRule] = {}
    for level, tables in content.items():
        known = ("policy", "waiver", "all", "custom", *WHOLE_RUN, *sorted(levels))
        check_known(path, level, "table", level, known)
        if level == "all":
            rules |= gate_rules(path, level, tables, metrics)
        elif level in WHOLE_RUN:
            rules |= gate_rules(path, level, tables, WHOLE_RUN[level])
        else:
            rules |= _level_rules(path, level, tables)
    return rules


def _level_rules(path: Path, level: str, tables: object) -> dict[str, GateRule]:
    """The rules of the tables [<level>.<task>.<metric>]; which custom tasks there are is not known yet."""
    known = {task.name: task.metrics for task in TASKS.values() if task.level == level}
    rules: dict[str, GateRule] = {}
    for task, of_task in as_table(path, level, tables).items():
        if level != "custom":
            check_known(path, f"{level}.{task}", "task", task, known)
        rules |= gate_rules(path, f"{level}.{task}", of_task, known.get(task))
    return rules


def _gate(file: str, task: Task, metric: str, rules: Mapping[str, GateRule]) -> Gate:
    table = _first_of(file, (task.gate_id(metric), f"all.{metric}"), rules)
    rule = rules[table]
    if task.is_monitored:
        rule = dataclasses.replace(rule, role="monitor")
    return task_gate(rule, task, metric, file=file, table=table)


def _whole_run_gate(file: str, group: str, name: str, rules: Mapping[str, GateRule]) -> Gate:
    table = _first_of(file, (f"{group}.{name}",), rules)
    return run_gate(rules[table], group, name, file=file, table=table)


def _first_of(file: str, tables: Iterable[str], rules: Mapping[str, GateRule]) -> str:
    """The first of these tables that the file has."""
    for table in tables:
        if table in rules:
            return table
    listed = " or ".join(f"[{table}]" for table in tables)
    raise ThresholdsError(f'{file}: no table {listed}; add one, with role = "monitor" if it shall not gate')
