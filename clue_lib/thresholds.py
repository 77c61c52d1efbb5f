"""Reads the thresholds file: [policy] and one [<level>.<task>.<metric>] table per gate."""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from clue_lib import digests
from clue_lib.errors import ThresholdsError
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Gate, Role

Table = TypeVar("Table", bound=msgspec.Struct)


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[policy]: what holds for every gate. Confidence and power are one-sided, in 0.5..1."""

    confidence: float
    power: float
    min_clusters: int
    min_net_examples: int


class GateTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[<level>.<task>.<metric>]: a margin in 0..1, its reason, and the gate's role."""

    margin: float
    reason: str
    role: Role = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """A checked thresholds file; `digest` names its content."""

    file: str
    policy: Policy
    gates: tuple[Gate, ...]
    digest: str

    def for_task(self, task: str) -> tuple[Gate, ...]:
        """The task's gates, in the file's order."""
        return tuple(gate for gate in self.gates if gate.task == task)


def load(path: Path) -> Thresholds:
    """Read and check a thresholds file.

    Raises ThresholdsError, naming file, table and key, for an unknown level, task, metric or key, a value out of range,
    or a metric of a known task that has no table: a gate must be dropped by `role = "monitor"`, never by silence.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ThresholdsError(f"{path}: {error.strerror}; name an existing file with --thresholds") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThresholdsError(f"{path}: {error}") from error
    policy = _policy(path, tables.pop("policy", None))
    gates = tuple(_gates(path, tables))
    present = {gate.id for gate in gates}
    for task in TASKS.values():
        for metric in task.metrics:
            if (id_ := task.gate_id(metric)) not in present:
                raise ThresholdsError(f'{path}: no table [{id_}]; add it, with role = "monitor" if it shall not gate')
    return Thresholds(file=str(path), policy=policy, gates=gates, digest=digests.of_file(path))


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


def _gates(path: Path, tables: dict[str, Any]) -> Iterable[Gate]:
    levels = {task.level for task in TASKS.values()}
    for level, by_task in tables.items():
        _known(path, level, "level", level, levels)
        for name, by_metric in _table(path, level, by_task).items():
            _known(path, f"{level}.{name}", "task", name, [t.name for t in TASKS.values() if t.level == level])
            for metric, table in _table(path, f"{level}.{name}", by_metric).items():
                yield _gate(path, TASKS[name], metric, table)


def _gate(path: Path, task: Task, metric: str, table: object) -> Gate:
    id_ = task.gate_id(metric)
    _known(path, id_, "metric", metric, task.metrics)
    read = _convert(path, id_, table, GateTable)
    if not 0 <= read.margin <= 1:
        raise ThresholdsError(f"{path} [{id_}]: margin = {read.margin}; it is a share and must lie between 0 and 1")
    if not read.reason.strip():
        raise ThresholdsError(f"{path} [{id_}]: reason is empty; say why this margin is tolerable")
    return Gate(
        id=id_, task=task.name, metric=metric, role=read.role, margin=read.margin, reason=read.reason, file=str(path)
    )


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
