"""Judges comparisons by their gates: one outcome each, and what a profile makes of it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from clue_lib import stats
from clue_lib.judging import profiles
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics import METRICS
from clue_lib.text import printable, shorten
from clue_lib.types import Comparison, Gate, Outcome, Profile


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """One gate's outcome under one profile. `comparison` is None where nothing could be compared."""

    gate: Gate
    profile: Profile
    outcome: Outcome
    reason: str
    ok: bool
    comparison: Comparison | None = None
    p_adjusted: float | None = None

    def __repr__(self) -> str:
        return f"<{self.outcome} {self.gate.id}>"

    def explain(self) -> str:
        """The failure text: what, by how much, against which margin and where that is written, the worst examples."""
        lines = [f"{self.outcome} {self.gate.id}: {printable(self.reason)}"]
        if self.comparison is not None:
            lines += _figures(self.comparison, self.p_adjusted)
        place, margin = printable(f"{self.gate.file} [{self.gate.table}]"), _points(self.gate.margin)
        lines.append(f"  gate: {place} margin {margin}: {printable(self.gate.reason)}")
        if self.comparison is not None:
            lines += _examples(self.comparison)
        return "\n".join(lines)


def judge(
    comparisons: Iterable[tuple[Gate, Comparison]],
    *,
    policy: Policy,
    profile: Profile,
    waived: Collection[str] = frozenset(),
) -> tuple[Verdict, ...]:
    """Judge all gates of a run together: Holm's correction runs over every gate that may fail it, `waived` or not."""
    pairs = list(comparisons)
    gated = [i for i, (gate, _) in enumerate(pairs) if gate.role != "monitor"]
    adjusted = np.array([comparison.p for _, comparison in pairs])
    adjusted[gated] = stats.holm(adjusted[gated])
    return tuple(
        _verdict(gate, comparison, float(p), policy, profile, gate.id in waived)
        for (gate, comparison), p in zip(pairs, adjusted, strict=True)
    )


def unjudged(gate: Gate, profile: Profile, outcome: Outcome, reason: str) -> Verdict:
    """A verdict where there is nothing to compare: NOT RUN or ERROR."""
    ok = gate.role == "monitor" or not profiles.fails(profile, gate, outcome, None)
    return Verdict(gate=gate, profile=profile, outcome=outcome, reason=reason, ok=ok)


def _verdict(
    gate: Gate, comparison: Comparison, p: float, policy: Policy, profile: Profile, is_waived: bool
) -> Verdict:
    outcome, reason = _outcome(gate, comparison, p, policy)
    ok = not profiles.fails(profile, gate, outcome, comparison)
    if breach := _breach(gate, comparison):
        ok, reason = False, f"{reason}; {breach}"
    if is_waived and not ok:
        ok, reason = True, f"{reason}; waived"
    return Verdict(
        gate=gate,
        profile=profile,
        outcome=outcome,
        reason=reason,
        ok=ok or gate.role == "monitor",
        comparison=comparison,
        p_adjusted=p,
    )


def _breach(gate: Gate, found: Comparison) -> str:
    """Whether the candidate's own value is surely beyond its floor or ceiling, whatever the baseline's; in words."""
    if gate.floor is not None and found.candidate_upper < gate.floor:
        return f"at most {100 * found.candidate_upper:.1f} %, below its floor of {100 * gate.floor:.1f} %"
    if gate.ceiling is not None and found.candidate_lower > gate.ceiling:
        return f"at least {100 * found.candidate_lower:.1f} %, above its ceiling of {100 * gate.ceiling:.1f} %"
    return ""


def _outcome(gate: Gate, found: Comparison, p: float, policy: Policy) -> tuple[Outcome, str]:
    if found.n_worse == found.n_better == found.delta == 0:
        return "IDENTICAL", "the same score on every example"
    if found.freedom + 1 < policy.min_clusters:
        return "INCONCLUSIVE", f"{_clusters(found)}; fewer than {policy.min_clusters} decide nothing"
    if found.lower > 0:
        return "IMPROVED", f"the lower bound {_points(found.lower)} is above zero"
    if found.lower > -gate.margin:
        return "HELD", f"the lower bound {_points(found.lower)} is within the margin"
    is_rate = gate.task == "families" or (gate.metric in METRICS and METRICS[gate.metric].better == "lower")
    net, alpha = found.n_worse - found.n_better, 1 - policy.confidence
    if found.delta >= -gate.margin or found.p >= alpha:
        return "INCONCLUSIVE", f"a drop below {_points(found.mde)} can't be told from noise with this data"
    beyond = f"{_points(found.delta)}, beyond the margin"
    if p >= alpha:
        return (
            "INCONCLUSIVE",
            f"{beyond}, but not significant among all gates of the run (p = {found.p:.2g}, Holm {p:.2g})",
        )
    if is_rate and net < policy.min_net_examples:
        return (
            "INCONCLUSIVE",
            f"{beyond}, but by {net} examples net; fewer than {policy.min_net_examples} are no regression",
        )
    return "REGRESSED", f"{beyond} and significant"


def _clusters(found: Comparison) -> str:
    """How many there are; of a sum, on how many its variance rests: few, where its most uncertain part has few."""
    effective = f"{found.freedom + 1:.0f}"
    if int(effective) == found.n_clusters:
        return f"{effective} clusters"
    return f"{found.n_clusters} clusters, but the uncertainty of about {effective}"


def _points(share: float) -> str:
    return f"{_hundredfold(share)} points".removeprefix("+")


def _hundredfold(share: float) -> str:
    """In percent or points, signed."""
    return f"{100 * share:+.1f}".replace("inf", "∞")


def _figures(found: Comparison, p_adjusted: float | None) -> list[str]:
    bounds = f"[{_hundredfold(found.lower)}, {_hundredfold(found.upper)}]"
    levels = f"baseline {100 * found.baseline:.1f} %, candidate {100 * found.candidate:.1f} %: "
    return [
        f"  {levels if found.has_levels else ''}"
        f"difference {_hundredfold(found.delta)} points (positive is better), one-sided bounds {bounds}",
        f"  {found.n} examples in {found.n_clusters} clusters: {found.n_worse} worse, {found.n_better} better; "
        f"p = {found.p:.2g}" + (f", {p_adjusted:.2g} after Holm over the run" if p_adjusted is not None else ""),
    ]


def _examples(found: Comparison) -> list[str]:
    if not found.worst:
        return [f"  worst examples withheld: the data is {found.tier}"] if found.n_worse else []
    lines = ["  worst examples:"]
    for flip in found.worst:
        lines += [
            f"    {shorten(flip.example_id, 60)}  gold: {shorten(flip.gold, 80)}",
            f"      baseline  {flip.baseline_score:.2f}  {shorten(flip.baseline_text, 90) or '(empty)'}",
            f"      candidate {flip.candidate_score:.2f}  {shorten(flip.candidate_text, 90) or '(empty)'}",
        ]
    return lines
