"""From a comparison to its outcome by the gate and the policy, with the reason in words. Pure."""

import math

from clue_lib.judging import signal
from clue_lib.judging.explaining import change, percent
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Comparison, Gate, Inference, Outcome


def decide(gate: Gate, comparison: Comparison, p_adjusted: float, policy: Policy) -> tuple[Outcome | None, str]:
    """The outcome and its reason; `p_adjusted` is the comparison's p after the correction over the run.

    A loss that was shown is its own proof that one could be shown, a gain where one of the models can do the task;
    anything else needs a signal. A monitor has figures, and no outcome: nothing is decided by it.
    """
    among = _among(gate, comparison)
    if gate.role == "monitor":
        return None, f"{change(comparison.inference.delta)}; only monitored{among}"
    outcome, reason = _by_difference(gate, comparison, p_adjusted, policy)
    lack = _lack(gate, comparison, outcome)
    return ("NO SIGNAL", f"{lack}{among}") if lack else (outcome, f"{reason}{among}")


def _lack(gate: Gate, comparison: Comparison, outcome: Outcome) -> str:
    """Why the outcome says nothing; empty where it says something."""
    if outcome == "REGRESSED":
        return ""
    return signal.lacks_in_both(comparison.signal) if outcome == "IMPROVED" else signal.lacks(gate, comparison)


def _by_difference(gate: Gate, comparison: Comparison, p_adjusted: float, policy: Policy) -> tuple[Outcome, str]:
    """What the difference says, whether or not the baseline can do the task."""
    inference = comparison.inference
    if comparison.n_worse == comparison.n_better == inference.delta == 0:
        return "IDENTICAL", "the same score on every example"
    if inference.freedom + 1 < policy.min_clusters:
        return "UNDECIDED", f"{_clusters(inference)}; at least {policy.min_clusters} are needed"
    if inference.lower > 0:
        return "IMPROVED", f"{change(inference.delta)}, and at least by {percent(inference.lower)}"
    if inference.lower > -gate.margin:
        return "HELD", f"{change(inference.delta)}; {_at_most(inference)}, within the margin of {percent(gate.margin)}"
    if doubt := _doubt(gate, comparison, p_adjusted, policy):
        return "UNDECIDED", doubt
    return "REGRESSED", f"{change(inference.delta)}, beyond the margin of {percent(gate.margin)} and significant"


def breach(gate: Gate, comparison: Comparison) -> str:
    """In words, whether the candidate's own value is surely beyond its floor or ceiling, whatever the baseline's."""
    levels = comparison.levels
    if levels is None:
        return ""
    if gate.floor is not None and levels.candidate_upper < gate.floor:
        return f"at most {100 * levels.candidate_upper:.1f} %, below its floor of {100 * gate.floor:.1f} %"
    if gate.ceiling is not None and levels.candidate_lower > gate.ceiling:
        return f"at least {100 * levels.candidate_lower:.1f} %, above its ceiling of {100 * gate.ceiling:.1f} %"
    return ""


def _doubt(gate: Gate, comparison: Comparison, p_adjusted: float, policy: Policy) -> str:
    """Why a difference that is not held is no regression either; empty where it is one."""
    inference, alpha = comparison.inference, 1 - policy.confidence
    if inference.delta >= -gate.margin:
        return f"{change(inference.delta)}, but {_at_most(inference)}, beyond the margin of {percent(gate.margin)}"
    beyond = f"{change(inference.delta)}, beyond the margin of {percent(gate.margin)}, but"
    if inference.p >= alpha:
        return f"{beyond} chance alone may explain it (p = {inference.p:.2g})"
    if p_adjusted >= alpha:
        both = f"p = {inference.p:.2g}, corrected {p_adjusted:.2g}"
        return f"{beyond} it is not significant after the correction for all gates of the run ({both})"
    if gate.better == "lower" and comparison.net_worse < policy.min_net_examples:
        return (
            f"{beyond} that is no more than {comparison.net_worse:.3g} examples net; at least "
            f"{policy.min_net_examples} are needed"
        )
    return ""


def _at_most(inference: Inference) -> str:
    """How large a drop the data leaves possible."""
    if math.isinf(inference.lower):
        return "a drop of any size is possible"
    return f"a drop of up to {percent(-inference.lower)} is possible"


def _among(gate: Gate, comparison: Comparison) -> str:
    """Which examples are compared, where one of the models gave no answer to others; a sum of many metrics has all."""
    if not comparison.n_unanswered or gate.kind in {"average", "pooled"}:
        return ""
    return f"; judged on the {comparison.n} examples that both models answered, {comparison.n_unanswered} left out"


def _clusters(inference: Inference) -> str:
    """How many clusters there are; of a sum, also how many its variance effectively rests on."""
    effective = math.floor(inference.freedom + 1 + 1e-9)  # rounded up it might be said to suffice
    if effective == inference.n_clusters:
        return f"{effective} clusters"
    return f"{inference.n_clusters} clusters, effectively about {effective}"
