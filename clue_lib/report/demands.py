"""The sentinel: a run that judged nothing, or less than its profile demands, has not passed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clue_lib.tasks import TASKS
from clue_lib.types import RunInfo

if TYPE_CHECKING:
    from clue_lib.report.document import Row

NO_RUN = "NOTHING JUDGED: no test of a gate ran; name model tests, or give no paths, and give their tasks data"
NO_GATE = "No gate was selected: nothing is judged but the snapshots, and no report is written."


def shortfall(info: RunInfo, gates: Sequence["Row"]) -> str:
    """What the run lacks of what its profile demands, in a sentence; empty where it lacks nothing.

    Every profile demands a verdict on each selected gate, and a comparison of at least one that may fail. `release`
    demands that no gate that may fail was left out or left unjudged, and that no such task's data is bundled.
    """
    profile = info.profile
    if len(gates) < info.n_selected:
        return f"INCOMPLETE ({profile}): {len(gates)} of {info.n_selected} selected gates were judged"
    if not gates:
        return f"NOTHING JUDGED ({profile}): no gate was selected; drop -k, -m and paths"
    if all(gate.delta is None for gate in gates):
        return f"NOTHING JUDGED ({profile}): {gates[0].reason}"
    if all(gate.delta is None or gate.role == "monitor" for gate in gates):
        return f"NOTHING JUDGED ({profile}): only monitored metrics were compared, which fail no run; select a gate"
    return _release_lacks(info, gates) if profile == "release" else ""


def _release_lacks(info: RunInfo, gates: Sequence["Row"]) -> str:
    demanded = [gate for gate in gates if gate.role != "monitor"]
    if info.n_left_out:
        n_all = len(demanded) + info.n_left_out
        return (
            f"INCOMPLETE (release): it demands all {n_all} gates of {info.thresholds}, and {info.n_left_out} were not "
            "selected; drop -k, -m and paths"
        )
    if unjudged := [gate for gate in demanded if gate.delta is None]:
        first = f"first {unjudged[0].id}: {unjudged[0].reason}"
        return f"INCOMPLETE (release): it demands every gate judged, and {len(unjudged)} were not, {first}"
    monitored = {task.name for task in TASKS.values() if task.level == "monitored"}
    bundled = [task.name for task in info.tasks if task.tier == "bundled" and task.name not in monitored]
    if bundled:
        return f"INCOMPLETE (release): it demands real data, and {', '.join(bundled)} had bundled; give --data-root"
    return ""
