"""Numbers as every report writes them: shares as percent, differences as points. The one place that rounds.

The functions of a verdict give one of its figures: None where nothing was compared, or there is no finite one.
"""

import math

from clue_lib.judging import Verdict
from clue_lib.judging.explaining import between
from clue_lib.types import RunInfo

NOTHING = "–"

WIDTH = 80
"""Columns of the terminal's lines."""


def percent(share: float | None) -> str:
    """A share in percent with one decimal, without the sign."""
    return NOTHING if share is None else f"{100 * share:.1f}"


def points(share: float | None) -> str:
    """A difference in points with its sign; none where it rounds to zero."""
    if share is None:
        return NOTHING
    shown = f"{100 * share:+.1f}".replace("-", "−")
    return "0.0" if shown[1:] == "0.0" else shown


def change(difference: float | None) -> str:
    """An oriented difference in words, whatever direction is good: "4.2 worse", "1.0 better", in points."""
    if difference is None:
        return NOTHING
    shown = percent(abs(difference))
    return shown if shown == "0.0" else f"{shown} {'worse' if difference < 0 else 'better'}"


def profile(run: RunInfo) -> str:
    """The run's profile, and how many examples each task was limited to, where it was."""
    return run.profile if run.limit is None else f"{run.profile}, limit {run.limit} per task"


def p_value(p: float | None) -> str:
    """Two significant digits; below 0.0001 only that."""
    if p is None:
        return NOTHING
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def bounds(verdict: Verdict) -> str:
    """The one-sided bounds of a difference, or that the data bounds it on one side only, or on none."""
    if verdict.comparison is None:
        return NOTHING
    inference = verdict.comparison.inference
    lower, upper = finite(inference.lower), finite(inference.upper)
    return between(lower, upper, points)


def size(verdict: Verdict) -> str:
    """How many examples a gate judged, in how many clusters."""
    comparison = verdict.comparison
    if comparison is None:
        return NOTHING
    n_clusters = comparison.inference.n_clusters
    in_clusters = f" in {n_clusters:,} clusters" if n_clusters != comparison.n else ""
    left_out = f", {comparison.n_excluded:,} left out" if comparison.n_excluded else ""
    return f"{comparison.n:,}{in_clusters}{left_out}"


def n(verdict: Verdict) -> int | None:
    """How many examples count."""
    return None if verdict.comparison is None else verdict.comparison.n


def baseline(verdict: Verdict) -> float | None:
    """The baseline's own value."""
    comparison = verdict.comparison
    return None if comparison is None or comparison.levels is None else comparison.levels.baseline


def candidate(verdict: Verdict) -> float | None:
    """The candidate's own value."""
    comparison = verdict.comparison
    return None if comparison is None or comparison.levels is None else comparison.levels.candidate


def delta(verdict: Verdict) -> float | None:
    """The oriented difference."""
    return None if verdict.comparison is None else verdict.comparison.inference.delta


def lower_bound(verdict: Verdict) -> float | None:
    """The lower bound of the difference."""
    return None if verdict.comparison is None else finite(verdict.comparison.inference.lower)


def mde(verdict: Verdict) -> float | None:
    """The smallest drop that would show, after the run's correction."""
    return None if verdict.comparison is None else finite(verdict.comparison.inference.mde_corrected)


def p(verdict: Verdict) -> float | None:
    """The p of the hypothesis "not worse"."""
    return None if verdict.comparison is None else verdict.comparison.inference.p


def finite(figure: float) -> float | None:
    """The figure, or None for an infinite one."""
    return figure if math.isfinite(figure) else None


VALUES = (n, baseline, candidate, delta, lower_bound, mde, p)
"""A verdict's figures, as templates call them: `verdict | delta`."""

WRITERS = (percent, points, change, p_value, bounds, size, profile)
"""What writes figures, as templates call it: `verdict | delta | points`."""
