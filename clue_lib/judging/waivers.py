"""Waivers of the thresholds file: who lets a gate fail, why and until when."""

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from clue_lib.errors import ThresholdsError
from clue_lib.judging.tables import as_struct, check_known
from clue_lib.types import Gate, Role, Waiver


class WaiverTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[waiver]]: the gate of id `metric` may fail until the end of the day `expires`; `owner` answers for it."""

    metric: str
    owner: str
    reason: str
    expires: datetime.date


def read(path: Path, tables: object) -> tuple[Waiver, ...]:
    """The waivers as they are written, none of them expired; whether their gates exist is `check`ed with the gates."""
    if not isinstance(tables, list):
        raise ThresholdsError(f"{path} [waiver]: write each waiver as a table of its own, [[waiver]]")
    return tuple(_waiver(path, f"waiver {number}", table) for number, table in enumerate(tables, 1))


def _waiver(path: Path, name: str, content: object) -> Waiver:
    table = as_struct(path, name, content, WaiverTable)
    if not table.owner.strip() or not table.reason.strip():
        raise ThresholdsError(f"{path} [{name}]: owner or reason is empty; say who answers for it, and why")
    if table.expires < datetime.date.today():
        raise ThresholdsError(
            f"{path} [{name}]: the waiver of {table.metric} expired on {table.expires}; remove it, or renew it with "
            f"{table.owner}'s word"
        )
    return Waiver(gate=table.metric, owner=table.owner, reason=table.reason, expires=table.expires.isoformat())


def check(path: Path, waivers: Iterable[Waiver], gates: Iterable[Gate]) -> None:
    """Refuse a waiver of a gate that does not exist, or that fails no run anyway."""
    roles: Mapping[str, Role] = {gate.id: gate.role for gate in gates}
    for waiver in waivers:
        check_known(path, "waiver", "metric", waiver.gate, roles)
        if roles[waiver.gate] == "monitor":
            raise ThresholdsError(
                f"{path} [waiver]: {waiver.gate} is only monitored and fails no run; remove the waiver"
            )
