"""A verdict in words, as a failed test shows it: figures, rule, worst examples. Pure."""

import math
from collections.abc import Callable

from clue_lib.text import printable, shorten
from clue_lib.types import PRIVATE_TIERS, Comparison, Gate, Inference


def percent(share: float) -> str:
    """A share in percent or points, without a unit."""
    return f"{100 * share:.1f}".replace("inf", "∞").replace("-", "−")


def change(delta: float) -> str:
    """An oriented difference in words, whatever direction is good: "worse by 4.2 points"."""
    shown = percent(abs(delta))
    if shown == "0.0":
        return "no difference" if delta == 0 else f"{'worse' if delta < 0 else 'better'} by less than 0.1 points"
    return f"{'worse' if delta < 0 else 'better'} by {shown} points"


def figures(comparison: Comparison, p_adjusted: float | None) -> list[str]:
    """What the models score, how far they differ and how sure that is, in two lines."""
    inference, levels = comparison.inference, comparison.levels
    scores = ""
    if levels is not None:
        scores = f"baseline {100 * levels.baseline:.1f} %, candidate {100 * levels.candidate:.1f} %: "
    corrected = "" if p_adjusted is None else f", {p_adjusted:.2g} after the correction over the run"
    return [
        f"  {scores}{change(inference.delta)}; {_bounds(inference)}",
        f"  {comparison.n} examples in {inference.n_clusters} clusters: "
        f"{comparison.n_worse} worse, {comparison.n_better} better; p = {inference.p:.2g}{corrected}",
    ]


def between(lower: float | None, upper: float | None, write: Callable[[float], str]) -> str:
    """An interval, its ends as `write` has them; in words where one end is open, which is None, or both are."""
    if lower is None:
        return "no bound" if upper is None else f"at most {write(upper)}"
    return f"at least {write(lower)}" if upper is None else f"[{write(lower)}, {write(upper)}]"


def rule(gate: Gate) -> str:
    """What the gate tolerates, where that is written, and why."""
    place = printable(f"{gate.file} [{gate.table}]")
    return f"  gate: {place} margin {percent(gate.margin)} points: {printable(gate.reason)}"


def worst_examples(comparison: Comparison) -> list[str]:
    """The examples on which the candidate lost most, or that they may not be shown.

    Nothing where none got worse, and of what is judged over tasks, whose examples stand with each task.
    """
    if not comparison.worst:
        is_withheld = comparison.tier in PRIVATE_TIERS and comparison.n_worse > 0
        return [f"  worst examples withheld: the data is {comparison.tier}"] if is_withheld else []
    lines = ["  worst examples:"]
    for flip in comparison.worst:
        baseline, candidate = (shorten(text, 90) or "(empty)" for text in (flip.baseline_text, flip.candidate_text))
        lines += [
            f"    {shorten(flip.example_id, 60)}  gold: {shorten(flip.gold, 80)}",
            f"      baseline  {flip.baseline_score:.2f}  {baseline}",
            f"      candidate {flip.candidate_score:.2f}  {candidate}",
        ]
    return lines


def _bounds(inference: Inference) -> str:
    """How far the difference may reach either way, or that too few clusters bound nothing."""
    lower, upper = (bound if math.isfinite(bound) else None for bound in (inference.lower, inference.upper))
    if lower is None and upper is None:
        return "no bound, from so few clusters"
    return f"one-sided bounds {between(lower, upper, _hundredfold)}, below 0 is worse"


def _hundredfold(share: float) -> str:
    """In percent or points, signed."""
    return f"{100 * share:+.1f}".replace("-", "−")
