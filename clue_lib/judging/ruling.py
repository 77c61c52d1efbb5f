"""What a run says as a whole: what it lacks, its state in one word, whether it passed, its headline. Pure.

A run that judged nothing, or less than its profile demands, has not passed.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from clue_lib.judging import early, profiles
from clue_lib.judging.verdict import Verdict
from clue_lib.types import RunInfo

State = Literal["pass", "fail", "undecided", "smoke", "broken"]

VERSION = 2
"""Of the rule by which gates are judged and a run's state follows from them: raise it where either would come out
otherwise on the same scores."""

NO_RUN = "NOTHING JUDGED: no test of a gate ran; name model tests, or give no paths, and give their tasks data"
STOPPED = "pytest was stopped before its last test; run it again: what is stored is not asked again"
NO_GATE = "No gate was selected: nothing is judged but the snapshots, and no report is written."


def shortfall(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """What the run lacks of what its profile demands, in a sentence; empty where it lacks nothing.

    Every profile demands a verdict on each selected gate, and a comparison of at least one that may fail. All but
    `smoke` demand that something could have been shown. One that certifies demands that no gate that may fail was left
    out or left unjudged, and that no such task's data is bundled.
    """
    profile = info.profile
    if info.failure is not None:
        is_judged = any(verdict.comparison is not None for verdict in verdicts)
        return f"{'INCOMPLETE' if is_judged else 'NOTHING JUDGED'} ({profile}): {info.failure}"
    if len(verdicts) < info.n_selected:
        return f"INCOMPLETE ({profile}): {len(verdicts)} of {info.n_selected} selected gates were judged"
    if info.early.is_rejected:
        return ""  # it has failed, whatever was left unjudged
    if not verdicts:
        return f"NOTHING JUDGED ({profile}): no gate was selected; drop -k, -m and paths"
    compared = [verdict for verdict in verdicts if verdict.comparison is not None]
    if not compared:
        return f"NOTHING JUDGED ({profile}): {verdicts[0].reason}"
    if all(verdict.gate.role == "monitor" for verdict in compared):
        return f"NOTHING JUDGED ({profile}): only monitored metrics were compared, which fail no run; select a gate"
    if profiles.RULES[profile].demands_signal and _is_blind(compared):
        return f"NO SIGNAL ({profile}): this is no pass: {_why_blind(info, compared)}"
    return _uncertified(info, verdicts) if profiles.RULES[profile].certifies else ""


def _is_blind(compared: Sequence[Verdict]) -> bool:
    """Whether nothing was shown where nothing could be: no loss, no gain in what tasks ask for, no signal in any task.

    Fewer empty answers than a dead baseline gives are no such gain: they may be as wrong as none.
    """
    able = _able_to_fail(compared)
    if any(verdict.outcome == "REGRESSED" for verdict in able):
        return False
    of_tasks = [verdict for verdict in able if not verdict.gate.is_of_run]
    quality = [verdict for verdict in of_tasks if verdict.gate.is_main_metric] or of_tasks or able
    return all(verdict.outcome == "NO SIGNAL" for verdict in quality)


def _why_blind(info: RunInfo, compared: Sequence[Verdict]) -> str:
    """What kept a run without signal from seeing a loss: thoughts without end, else a baseline without skill."""
    cut_short = [task.baseline for task in info.thoughts if task.baseline.are_cut_short]
    if cut_short and len(cut_short) == len(info.thoughts):
        n, n_unfinished = sum(each.n for each in cut_short), sum(each.n_unfinished for each in cut_short)
        return (
            f"{n_unfinished:,} of the baseline's {n:,} thoughts did not end, so no answer followed and no loss could "
            "have been seen; give them more tokens with --thinking-budget, or ask for none with --reasoning=off"
        )
    return f"the baseline can't do any of the tasks, so no loss could have been seen; first {_first_lack(compared)}"


def _first_lack(compared: Sequence[Verdict]) -> str:
    lacking = next(verdict for verdict in compared if verdict.outcome == "NO SIGNAL")
    return f"{lacking.gate.id}: {lacking.reason}"


def uncertifiable(info: RunInfo) -> str:
    """Why no answers could pass a profile that certifies; empty where some could.

    Gates were left out, data is bundled, or the prompts went into a template that is a server's.
    """
    if info.chat.is_servers:
        return f"{info.profile} demands to know what the models read, and the server's template is not known here"
    if info.n_left_out:
        lacking = f"{info.n_left_out} were not selected; drop -k, -m and paths"
        return f"{info.profile} demands every gate of {info.thresholds} that may fail a run, and {lacking}"
    if bundled := profiles.bundled({task.name: task.tier for task in info.tasks}):
        return f"{info.profile} demands real data, and {', '.join(bundled)} would have bundled; give --data-root"
    return ""


def _uncertified(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    if lack := uncertifiable(info):
        return f"INCOMPLETE: {lack}"
    unjudged = [verdict for verdict in _able_to_fail(verdicts) if verdict.comparison is None]
    if not unjudged:
        return ""
    first = f"first {unjudged[0].gate.id}: {unjudged[0].reason}"
    return f"INCOMPLETE: {info.profile} demands every gate judged, and {len(unjudged)} were not, {first}"


def passed(info: RunInfo, verdicts: Sequence[Verdict]) -> bool:
    """Whether no gate and no snapshot failed and the profile's demands are met."""
    has_failed = info.failed_snapshots or info.early.is_rejected or not all(verdict.ok for verdict in verdicts)
    return not has_failed and not shortfall(info, verdicts)


def state(info: RunInfo, verdicts: Sequence[Verdict]) -> State:
    """What a run says in one word.

    A gate that failed for certain outweighs one that could not be judged, that a failed snapshot, and that one what is
    only undecided. A run is undecided if its only failures are, or if it passed with a `primary` undecided. A smoke run
    in which nothing failed is just that: it certifies nothing.
    """
    if info.early.is_rejected and not shortfall(info, verdicts):
        return "fail"
    failed = {verdict.outcome for verdict in verdicts if not verdict.ok}
    if failed - {"ERROR", "UNDECIDED"}:
        return "fail"
    if "ERROR" in failed or shortfall(info, verdicts):
        return "broken"
    if info.failed_snapshots:
        return "fail"
    if info.profile == "smoke" and not failed:
        return "smoke"
    primaries = [verdict for verdict in verdicts if verdict.gate.role == "primary"]
    is_open = any(verdict.outcome == "UNDECIDED" for verdict in primaries)
    return "undecided" if failed or is_open else "pass"


def headline(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """One sentence over a run: what it lacks, or what failed, or what a pass leaves open."""
    if lack := shortfall(info, verdicts):
        return lack
    if info.early.is_rejected:
        return f"FAIL ({info.profile}): {early.told(info.early)}"
    if info.failed_snapshots or not all(verdict.ok for verdict in verdicts):
        return _failure(info, verdicts)
    counts = Counter(verdict.outcome for verdict in _able_to_fail(verdicts))
    parts = [f"{_word(info, verdicts)} ({info.profile}): none of {_n_gates(verdicts)} failed"]
    parts += [f"{counts[name]} {name.lower()}" for name in ("UNDECIDED", "NOT RUN") if counts[name]]
    parts.append(f"{counts['NO SIGNAL']} without signal" if counts["NO SIGNAL"] else "")
    parts.append("both are one model: an A/A of nothing" if info.is_of_one_model and not info.is_aa else "")
    parts.append(profiles.RULES[info.profile].note)
    return "; ".join(part for part in parts if part)


def _word(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """What a run without a failure calls itself: smoke is no pass, and neither is one with a primary undecided."""
    return {"smoke": "SMOKE", "undecided": "UNDECIDED"}.get(state(info, verdicts), "PASS")


def _able_to_fail(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.gate.role != "monitor"]


def _n_gates(verdicts: Sequence[Verdict]) -> str:
    """How many gates could fail the run: monitors are no gates."""
    return f"{len(_able_to_fail(verdicts))} gates"


def _failure(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    failed = [verdict for verdict in verdicts if not verdict.ok]
    plural = "s" if len(info.failed_snapshots) > 1 else ""
    snapshots = f"snapshot{plural} of {', '.join(info.failed_snapshots)}"
    start = f"FAIL ({info.profile}):"
    if not failed:
        return f"{start} none of {_n_gates(verdicts)} failed, but the {snapshots} did"
    gates = f"{start} {len(failed)} of {_n_gates(verdicts)} failed, {_worst(failed)}"
    return f"{gates}; so did the {snapshots}" if info.failed_snapshots else gates


def _worst(failed: Sequence[Verdict]) -> str:
    """The failed gate to name: a primary before others, among them the one that lost most."""
    worst = min(failed, key=lambda verdict: (verdict.gate.role != "primary", _difference(verdict)))
    difference = _difference(worst)
    by = f", worse by {-100 * difference:.1f} points" if difference < 0 else ""
    first = "worst " if len(failed) > 1 else ""
    return f"{first}{worst.gate.id}{by}"


def _difference(verdict: Verdict) -> float:
    return 0.0 if verdict.comparison is None else verdict.comparison.inference.delta
