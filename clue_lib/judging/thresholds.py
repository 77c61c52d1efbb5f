"""Reads the thresholds file: the policy, the gates of tasks and of the whole run, and the waivers.

[all.<metric>] holds for any task that has the metric, [<level>.<task>.<metric>] for one of them before it; the tables
of `WHOLE_RUN` for what is judged over several tasks.
"""

import datetime
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from clue_lib import digests
from clue_lib.errors import ThresholdsError
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, Role, Waiver

Table = TypeVar("Table", bound=msgspec.Struct)


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[policy]: what holds for every gate. Confidence and power are one-sided, in 0.5..1."""

    confidence: float
    power: float
    min_clusters: int
    min_net_examples: int


class GateTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A margin in 0..1, its reason, the gate's role, and the bounds for the candidate's own value, in 0..1."""

    margin: float
    reason: str
    role: Role = "gate"
    floor: float | None = None
    ceiling: float | None = None


class WaiverTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[waiver]]: the gate of id `metric` may fail until the end of the day `expires`; `owner` answers for it."""

    metric: str
    owner: str
    reason: str
    expires: datetime.date


WHOLE_RUN: dict[str, tuple[str, ...]] = {
    "averages": ("level1", "level2", "case_challenges"),
    "families": ("instruction_following", "hallucination"),
    "pooled": ("any_degradation",),
}
"""What is judged over several tasks: CLUE's averages, the families of failure modes, and all gated metrics together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """A checked thresholds file; `digest` names its content. The whole run's gates come after the tasks'."""

    file: str
    policy: Policy
    gates: tuple[Gate, ...]
    waivers: tuple[Waiver, ...]
    digest: str

    def for_task(self, task: str) -> tuple[Gate, ...]:
        """The task's gates, in the order of its metrics."""
        return tuple(gate for gate in self.gates if gate.task == task)

    @property
    def whole_run(self) -> tuple[Gate, ...]:
        """The gates over several tasks."""
        return tuple(gate for gate in self.gates if gate.task in WHOLE_RUN)


def load(path: Path) -> Thresholds:
    """Read and check a thresholds file.

    Raises ThresholdsError, naming file, table and key, for an unknown level, task, metric or key, a value out of range,
    a waiver that has expired or waives nothing, or a metric without a table: a gate must be dropped by
    `role = "monitor"`, never by silence.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ThresholdsError(f"{path}: {error.strerror}; name an existing file with --thresholds") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThresholdsError(f"{path}: {error}") from error
    policy = _policy(path, tables.pop("policy", None))
    waivers = tables.pop("waiver", [])
    read = _gate_tables(path, tables)
    gates = tuple(_gate(path, id_, names, read) for id_, names in _gate_ids().items())
    return Thresholds(
        file=str(path),
        policy=policy,
        gates=gates,
        waivers=tuple(_waivers(path, waivers, {gate.id: gate.role for gate in gates})),
        digest=digests.of_file(path),
    )


def _gate_ids() -> dict[str, tuple[str, str]]:
    """Every gate that a file must have, by id: (task or group, metric)."""
    of_tasks = {task.gate_id(metric): (task.name, metric) for task in TASKS.values() for metric in task.metrics}
    of_run = {f"{group}.{name}": (group, name) for group, names in WHOLE_RUN.items() for name in names}
    return of_tasks | of_run


def _policy(path: Path, table: object) -> Policy:
    if table is None:
        raise ThresholdsError(f"{path}: no table [policy]; add it with {', '.join(Policy.__struct_fields__)}")
    policy = _convert(path, "policy", table, Policy)
    for name in ("confidence", "power"):
        if not 0.5 < (value := getattr(policy, name)) < 1:
            raise ThresholdsError(f"{path} [policy]: {name} = {value}; it must lie between 0.5 and 1")
    for name in ("min_clusters", "min_net_examples"):
        if (value := getattr(policy, name)) < 1:
            raise ThresholdsError(f"{path} [policy]: {name} = {value}; it must be at least 1")
    return policy


def _gate_tables(path: Path, tables: dict[str, Any]) -> dict[str, GateTable]:
    """Every table but the policy's, checked, by its dotted name."""
    metrics = {metric for task in TASKS.values() for metric in task.metrics}
    levels = {task.level for task in TASKS.values()}
    read: dict[str, GateTable] = {}
    for level, inner in tables.items():
        _known(path, level, "level", level, {"all", *WHOLE_RUN, *levels})
        if level not in levels:
            read |= _metric_tables(path, level, inner, WHOLE_RUN.get(level, metrics))
            continue
        for name, by_metric in _table(path, level, inner).items():
            _known(path, f"{level}.{name}", "task", name, [t.name for t in TASKS.values() if t.level == level])
            read |= _metric_tables(path, f"{level}.{name}", by_metric, TASKS[name].metrics)
    return read


def _metric_tables(path: Path, prefix: str, tables: object, known: Iterable[str]) -> dict[str, GateTable]:
    read = {}
    for metric, table in _table(path, prefix, tables).items():
        name = f"{prefix}.{metric}"
        _known(path, name, "metric", metric, known)
        read[name] = _gate_table(path, name, table)
    return read


def _gate(path: Path, id_: str, names: tuple[str, str], read: dict[str, GateTable]) -> Gate:
    task, metric = names
    tables = [id_] if task in WHOLE_RUN else [id_, f"all.{metric}"]
    table = next((name for name in tables if name in read), None)
    if table is None:
        listed = " or ".join(f"[{name}]" for name in tables)
        raise ThresholdsError(f'{path}: no table {listed}; add one, with role = "monitor" if it shall not gate')
    found = read[table]
    return Gate(
        id=id_,
        task=task,
        metric=metric,
        role="monitor" if task in TASKS and TASKS[task].is_monitored else found.role,
        margin=found.margin,
        floor=found.floor,
        ceiling=found.ceiling,
        reason=found.reason,
        file=str(path),
        table=table,
    )


def _waivers(path: Path, tables: object, roles: Mapping[str, Role]) -> Iterable[Waiver]:
    if not isinstance(tables, list):
        raise ThresholdsError(f"{path} [waiver]: write each waiver as a table of its own, [[waiver]]")
    for number, table in enumerate(tables, 1):
        name = f"waiver {number}"
        read = _convert(path, name, table, WaiverTable)
        _known(path, name, "metric", read.metric, roles)
        if roles[read.metric] == "monitor":
            raise ThresholdsError(
                f"{path} [{name}]: {read.metric} is only monitored and fails no run; remove the waiver"
            )
        if not read.owner.strip() or not read.reason.strip():
            raise ThresholdsError(f"{path} [{name}]: owner or reason is empty; say who answers for it, and why")
        if read.expires < datetime.date.today():
            raise ThresholdsError(
                f"{path} [{name}]: the waiver of {read.metric} expired on {read.expires}; remove it, or renew it with "
                f"{read.owner}'s word"
            )
        yield Waiver(gate=read.metric, owner=read.owner, reason=read.reason, expires=read.expires.isoformat())


def _gate_table(path: Path, name: str, table: object) -> GateTable:
    read = _convert(path, name, table, GateTable)
    for key in ("margin", "floor", "ceiling"):
        if (value := getattr(read, key)) is not None and not 0 <= value <= 1:
            raise ThresholdsError(f"{path} [{name}]: {key} = {value}; it is a share and must lie between 0 and 1")
    given = [key for key in ("floor", "ceiling") if getattr(read, key) is not None]
    if given and name.split(".")[0] == "pooled":
        raise ThresholdsError(f"{path} [{name}]: {given[0]}: the pooled test has no value of its own; remove it")
    if read.floor is not None and read.ceiling is not None and read.floor > read.ceiling:
        raise ThresholdsError(
            f"{path} [{name}]: floor = {read.floor} is above ceiling = {read.ceiling}; no model is both"
        )
    if not read.reason.strip():
        raise ThresholdsError(f"{path} [{name}]: reason is empty; say why this margin is tolerable")
    return read


def _known(path: Path, table: str, what: str, name: str, known: Iterable[str]) -> None:
    options = sorted(known)
    if name not in options:
        close = difflib.get_close_matches(name, options, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(options)}"
        raise ThresholdsError(f"{path} [{table}]: unknown {what} {name!r}; {hint}")


def _table(path: Path, name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ThresholdsError(f"{path} [{name}]: a table is needed here, not {value!r}")
    return value


def _convert(path: Path, name: str, table: object, kind: type[Table]) -> Table:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        known = ", ".join(kind.__struct_fields__)
        raise ThresholdsError(f"{path} [{name}]: {error}; the keys are {known}") from error
