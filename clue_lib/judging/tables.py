"""Tables of a thresholds file, checked one by one; each mistake is one line that names file, table and key."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from clue_lib.errors import ThresholdsError
from clue_lib.text import suggestion
from clue_lib.types import GateRule

Struct = TypeVar("Struct", bound=msgspec.Struct)


def as_table(path: Path, name: str, value: object) -> dict[str, Any]:
    """The value, which must be a table."""
    if not isinstance(value, dict):
        raise ThresholdsError(f"{path} [{name}]: a table is needed here, not {value!r}")
    return value


def as_struct(path: Path, name: str, table: object, kind: type[Struct]) -> Struct:
    """The table as a value of that class."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        keys = ", ".join(kind.__struct_fields__)
        raise ThresholdsError(f"{path} [{name}]: {error}; the keys are {keys}") from error


def check_known(path: Path, table: str, what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is none of the known ones."""
    options = tuple(known)
    if name not in options:
        raise ThresholdsError(f"{path} [{table}]: unknown {what} {name!r}; {suggestion(name, options)}")


def gate_rules(path: Path, prefix: str, tables: object, known: Iterable[str] | None) -> dict[str, GateRule]:
    """The rules of the tables [<prefix>.<metric>] by their dotted names; `known` metrics, or any if None."""
    rules = {}
    for metric, table in as_table(path, prefix, tables).items():
        name = f"{prefix}.{metric}"
        if known is not None:
            check_known(path, name, "metric", metric, known)
        rules[name] = _gate_rule(path, name, as_table(path, name, table))
    return rules


def _gate_rule(path: Path, name: str, table: Mapping[str, object]) -> GateRule:
    rule = _converted(path, name, table)
    bounds = [key for key in ("floor", "ceiling") if key in table]
    if bounds and name.startswith("pooled."):
        raise ThresholdsError(f"{path} [{name}]: {bounds[0]}: the pooled test has no value of its own; remove it")
    if rule.fault:
        raise ThresholdsError(f"{path} [{name}]: {rule.fault}")
    return rule


def _converted(path: Path, name: str, table: Mapping[str, object]) -> GateRule:
    keys = [field.name for field in fields(GateRule)]
    unknown = [key for key in table if key not in keys]
    if unknown:
        raise ThresholdsError(f"{path} [{name}]: unknown key {unknown[0]!r}; the keys are {', '.join(keys)}")
    try:
        return msgspec.convert(table, GateRule)
    except msgspec.ValidationError as error:
        raise ThresholdsError(f"{path} [{name}]: {error}; the keys are {', '.join(keys)}") from error
