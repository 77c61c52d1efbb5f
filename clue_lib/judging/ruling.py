"""What a run says as a whole: what it lacks, its state in one word, whether it passed, its headline. Pure.

A run that judged nothing, or less than its profile demands, has not passed.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from clue_lib.judging import profiles
from clue_lib.judging.verdict import Verdict
from clue_lib.types import RunInfo

State = Literal["pass", "fail", "inconclusive", "broken"]

NO_RUN = "NOTHING JUDGED: no test of a gate ran; name model tests, or give no paths, and give their tasks data"
NO_GATE = "No gate was selected: nothing is judged but the snapshots, and no report is written."


def shortfall(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """What the run lacks of what its profile demands, in a sentence; empty where it lacks nothing.

    Every profile demands a verdict on each selected gate, and a comparison of at least one that may fail. One that
    certifies demands that no gate that may fail was left out or left unjudged, and that no such task's data is bundled.
    """
    profile = info.profile
    if len(verdicts) < info.n_selected:
        return f"INCOMPLETE ({profile}): {len(verdicts)} of {info.n_selected} selected gates were judged"
    if not verdicts:
        return f"NOTHING JUDGED ({profile}): no gate was selected; drop -k, -m and paths"
    compared = [verdict for verdict in verdicts if verdict.comparison is not None]
    if not compared:
        return f"NOTHING JUDGED ({profile}): {verdicts[0].reason}"
    if all(verdict.gate.role == "monitor" for verdict in compared):
        return f"NOTHING JUDGED ({profile}): only monitored metrics were compared, which fail no run; select a gate"
    return _uncertified(info, verdicts) if profiles.RULES[profile].certifies else ""


def _uncertified(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    demanded = [verdict for verdict in verdicts if verdict.gate.role != "monitor"]
    start = f"INCOMPLETE ({info.profile}): it demands"
    if info.n_left_out:
        n_all = len(demanded) + info.n_left_out
        lacking = f"{info.n_left_out} were not selected; drop -k, -m and paths"
        return f"{start} all {n_all} gates of {info.thresholds}, and {lacking}"
    if unjudged := [verdict for verdict in demanded if verdict.comparison is None]:
        first = f"first {unjudged[0].gate.id}: {unjudged[0].reason}"
        return f"{start} every gate judged, and {len(unjudged)} were not, {first}"
    if bundled := profiles.bundled({task.name: task.tier for task in info.tasks}):
        return f"{start} real data, and {', '.join(bundled)} had bundled; give --data-root"
    return ""


def passed(info: RunInfo, verdicts: Sequence[Verdict]) -> bool:
    """Whether no gate and no snapshot failed and the profile's demands are met."""
    has_failed = info.failed_snapshots or not all(verdict.ok for verdict in verdicts)
    return not has_failed and not shortfall(info, verdicts)


def state(info: RunInfo, verdicts: Sequence[Verdict]) -> State:
    """What a run says in one word.

    A gate that failed for certain outweighs one that could not be judged, that a failed snapshot, and that one what is
    only undecided. A run is inconclusive if its only failures are, or if it passed with a `primary` undecided.
    """
    failed = {verdict.outcome for verdict in verdicts if not verdict.ok}
    if failed - {"ERROR", "INCONCLUSIVE"}:
        return "fail"
    if "ERROR" in failed or shortfall(info, verdicts):
        return "broken"
    if info.failed_snapshots:
        return "fail"
    primaries = [verdict for verdict in verdicts if verdict.gate.role == "primary"]
    is_open = any(verdict.outcome == "INCONCLUSIVE" for verdict in primaries)
    return "inconclusive" if failed or is_open else "pass"


def headline(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """One sentence over a run: what it lacks, or what failed, or what a pass leaves open."""
    if lack := shortfall(info, verdicts):
        return lack
    if info.failed_snapshots or not all(verdict.ok for verdict in verdicts):
        return _failure(info, verdicts)
    counts = Counter(verdict.outcome for verdict in verdicts)
    parts = [f"PASS ({info.profile}): none of {len(verdicts)} gates failed"]
    parts += [f"{counts[name]} {name.lower()}" for name in ("INCONCLUSIVE", "NOT RUN") if counts[name]]
    parts.append(profiles.RULES[info.profile].note)
    return "; ".join(part for part in parts if part)


def _failure(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    failed = [verdict for verdict in verdicts if not verdict.ok]
    plural = "s" if len(info.failed_snapshots) > 1 else ""
    snapshots = f"snapshot{plural} of {', '.join(info.failed_snapshots)}"
    start = f"FAIL ({info.profile}):"
    if not failed:
        return f"{start} none of {len(verdicts)} gates failed, but the {snapshots} did"
    gates = f"{start} {len(failed)} of {len(verdicts)} gates failed, first {failed[0].gate.id}"
    return f"{gates}; so did the {snapshots}" if info.failed_snapshots else gates
