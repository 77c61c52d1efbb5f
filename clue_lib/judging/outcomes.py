"""From a comparison to its outcome by the gate and the policy, with the reason in words. Pure."""

from clue_lib.judging import signal
from clue_lib.judging.explaining import points
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Comparison, Gate, Inference, Outcome


def decide(gate: Gate, comparison: Comparison, p_adjusted: float, policy: Policy) -> tuple[Outcome, str]:
    """The outcome and its reason; `p_adjusted` is the comparison's p after the correction over the run.

    A difference that was shown is its own proof that one could be shown; anything else needs a signal.
    """
    outcome, reason = _by_difference(gate, comparison, p_adjusted, policy)
    lack = "" if outcome in {"REGRESSED", "IMPROVED"} else signal.lacks(gate, comparison)
    return ("NO SIGNAL", lack) if lack else (outcome, reason)


def _by_difference(gate: Gate, comparison: Comparison, p_adjusted: float, policy: Policy) -> tuple[Outcome, str]:
    """What the difference says, whether or not the baseline can do the task."""
    inference = comparison.inference
    if comparison.n_worse == comparison.n_better == inference.delta == 0:
        return "IDENTICAL", "the same score on every example"
    if inference.freedom + 1 < policy.min_clusters:
        return "UNDECIDED", f"{_clusters(inference)}; at least {policy.min_clusters} are needed"
    if inference.lower > 0:
        return "IMPROVED", f"the lower bound {points(inference.lower)} is above zero"
    if inference.lower > -gate.margin:
        return "HELD", f"the lower bound {points(inference.lower)} is within the margin"
    alpha = 1 - policy.confidence
    if inference.delta >= -gate.margin or inference.p >= alpha:
        return "UNDECIDED", f"a drop below {points(inference.mde)} can't be told from noise with this data"
    if doubt := _doubt(gate, comparison, p_adjusted, policy):
        return "UNDECIDED", f"{points(inference.delta)}, beyond the margin, but {doubt}"
    return "REGRESSED", f"{points(inference.delta)}, beyond the margin and significant"


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
    """Why a drop beyond the margin that is significant by itself is no regression yet; empty where it is one."""
    if p_adjusted >= 1 - policy.confidence:
        both = f"p = {comparison.inference.p:.2g}, corrected {p_adjusted:.2g}"
        return f"not significant after the correction for all gates of the run ({both})"
    n_net = comparison.n_worse - comparison.n_better
    if gate.better == "lower" and n_net < policy.min_net_examples:
        return f"only {n_net} examples net got worse; a regression takes at least {policy.min_net_examples}"
    return ""


def _clusters(inference: Inference) -> str:
    """How many clusters there are; of a sum, also how many its variance effectively rests on."""
    effective = round(inference.freedom + 1)
    if effective == inference.n_clusters:
        return f"{effective} clusters"
    return f"{inference.n_clusters} clusters, effectively about {effective}"
