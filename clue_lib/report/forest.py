"""The forest plot: every gate's difference with its bounds and its margin, as an SVG in the page's colours."""

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clue_lib.judging import Verdict
from clue_lib.report.figures import bounds, change
from clue_lib.report.svg import BAD, BAND, GOOD, LINE, MUTED, TEXT, UNSURE, page_coloured
from clue_lib.types import Inference

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKS = {
    "REGRESSED": (BAD, "v"),
    "IMPROVED": (GOOD, "^"),
    "HELD": (GOOD, "o"),
    "IDENTICAL": (GOOD, "o"),
    "UNDECIDED": (UNSURE, "D"),
}
SIZE = 11
"""Points of text, and so pixels: a figure of 1 inch becomes 72 pixels wide."""

Row = tuple[Verdict, Inference]
"""A verdict with what was inferred: what was not compared has no row."""


def forest(verdicts: Sequence[Verdict], *, title: str, narrow: bool = False) -> str:
    """The plot of all gates that were compared, in their order; empty where none was.

    Narrow, for a phone, puts each gate's name above its interval instead of beside it. Differences are in points,
    bounds one-sided; a bound beyond the plot is cut at its edge.
    """
    import matplotlib
    from matplotlib.figure import Figure

    rows = [(verdict, verdict.comparison.inference) for verdict in verdicts if verdict.comparison is not None]
    if not rows:
        return ""
    width, height = (350, 46) if narrow else (900, 23)
    total = len(rows) * height + 54
    left, right = (0.02, 0.98) if narrow else (0.30, 0.66)
    salt = f"{title}{narrow}"  # no two plots of a page share an id
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt, "text.parse_math": False}):
        figure = Figure(figsize=(width / 72, total / 72))
        axes = figure.add_axes((left, 40 / total, right - left, 1 - 54 / total))
        _draw(axes, rows, narrow)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return page_coloured(file.getvalue(), title, _described(rows))


def _draw(axes: "Axes", rows: Sequence[Row], narrow: bool) -> None:
    limits = _range(rows)
    axes.set(xlim=limits, ylim=(len(rows) - 0.5, -0.5))
    for place, (verdict, inference) in enumerate(rows):
        label, colour = f"{verdict.gate.task} {verdict.gate.metric}", mark(verdict)[0]
        if narrow:
            _interval(axes, verdict, inference, place + 0.2, limits)
            _write(axes, 0.0, place - 0.22, label, "left")
            _write(axes, 1.0, place - 0.22, f"{change(inference.delta)} {verdict.word}", "right", colour)
        else:
            _interval(axes, verdict, inference, place, limits)
            _write(axes, -0.02, place, label, "right")
            _write(axes, 1.2, place, change(inference.delta), "right")
            _write(axes, 1.5, place, bounds(verdict), "right")
            _write(axes, 1.55, place, verdict.word, "left", colour)
    _style(axes)


def _style(axes: "Axes") -> None:
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(axis="x", color=LINE, labelcolor=MUTED, labelsize=SIZE)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    axes.set_xlabel("points; left of 0 the candidate is worse", color=MUTED, fontsize=SIZE)


def _interval(axes: "Axes", verdict: Verdict, inference: Inference, y: float, limits: tuple[float, float]) -> None:
    low, high = limits
    colour, shape = mark(verdict)
    delta, margin = 100 * inference.delta, -100 * verdict.gate.margin
    ends = [max(low, 100 * inference.lower), min(high, 100 * inference.upper)]
    axes.plot([max(margin, low), 0], [y, y], color=BAND, linewidth=9, solid_capstyle="butt", zorder=0)
    axes.plot([0, 0], [y - 0.3, y + 0.3], color=MUTED, linewidth=1, zorder=1)
    axes.plot(ends, [y, y], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
    fill = "none" if verdict.outcome == "UNDECIDED" else colour
    axes.plot([min(max(delta, low), high)], [y], marker=shape, markersize=6, color=colour, mfc=fill, zorder=3)


def mark(verdict: Verdict) -> tuple[str, str]:
    """The colour and the shape by which a drawing shows an outcome: no outcome is told by its colour alone."""
    return _MARKS.get(verdict.word, (UNSURE, "D"))


def _write(axes: "Axes", x: float, y: float, text: str, side: str, colour: str = TEXT) -> None:
    """Text at a share of the axes' width, at a row's height."""
    at = axes.get_yaxis_transform()
    axes.text(x, y, text, color=colour, fontsize=SIZE, ha=side, va="center_baseline", transform=at, clip_on=False)


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    """Wide enough for every difference and margin, and for bounds up to thrice as far; in points."""
    deltas = [100 * inference.delta for _, inference in rows]
    margins = [100 * verdict.gate.margin for verdict, _ in rows]
    bounds = [100 * bound for _, inference in rows for bound in (inference.lower, inference.upper)]
    known = [bound for bound in bounds if math.isfinite(bound)]
    far = max(*map(abs, deltas), *margins)
    reach = 3 * max(far, 1.0)
    low = max(-reach, min([*known, -far]))
    high = min(reach, max([*known, *deltas, 0.0]))
    room = 0.04 * (high - low)
    return low - room, high + room


def _described(rows: Sequence[Row]) -> str:
    n_beyond = sum(inference.delta < -verdict.gate.margin for verdict, inference in rows)
    n_held = sum(inference.lower > -verdict.gate.margin for verdict, inference in rows)
    return (
        f"{len(rows)} gates: {n_beyond} differences lie beyond their margin, {n_held} have their lower bound within "
        "it. The table of all gates holds every figure."
    )
