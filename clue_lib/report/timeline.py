"""A line over releases: each change from the base with its bounds, and the margin as a band."""

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clue_lib.judging import Verdict
from clue_lib.report.figures import change, delta
from clue_lib.report.forest import SIZE, mark
from clue_lib.report.svg import BAND, LINE, MUTED, TEXT, page_coloured
from clue_lib.text import shorten
from clue_lib.types import Inference

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME_WIDTH = 14
"""Characters of a release's name below the axis, where names stand aslant."""

Mark = tuple[str, Verdict]
"""A release's name and its verdict."""


def timeline(marks: Sequence[Mark], *, title: str) -> str:
    """The drawing as an SVG in the page's colours, releases from left to right; differences in points.

    A release in which nothing was compared has a place and no mark; a bound beyond the drawing is cut at its edge.
    """
    import matplotlib
    from matplotlib.figure import Figure

    width, height = max(420, 130 + 90 * len(marks)), 380
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "text.parse_math": False}):
        figure = Figure(figsize=(width / 72, height / 72))
        axes = figure.add_axes((90 / width, 100 / height, 1 - 120 / width, 1 - 120 / height))
        _draw(axes, marks)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return page_coloured(file.getvalue(), title, _described(marks))


def _draw(axes: "Axes", marks: Sequence[Mark]) -> None:
    known = [
        (place, verdict, verdict.comparison.inference)
        for place, (_, verdict) in enumerate(marks)
        if verdict.comparison is not None
    ]
    margin = 100 * marks[-1][1].gate.margin
    low, high = _range([inference for _, _, inference in known], margin)
    axes.set(xlim=(-0.5, len(marks) - 0.5), ylim=(low, high))
    axes.axhspan(-margin, 0, color=BAND, linewidth=0, zorder=0)
    axes.axhline(0, color=MUTED, linewidth=1, zorder=1)
    axes.plot([place for place, _, _ in known], [100 * one.delta for _, _, one in known], color=MUTED, zorder=2)
    for place, verdict, inference in known:
        _interval(axes, place, verdict, inference, (low, high))
    _style(axes, [name for name, _ in marks])


def _interval(axes: "Axes", place: int, verdict: Verdict, inference: Inference, limits: tuple[float, float]) -> None:
    low, high = limits
    colour, shape = mark(verdict)
    ends = [max(low, 100 * inference.lower), min(high, 100 * inference.upper)]
    axes.plot([place, place], ends, color=colour, linewidth=2, solid_capstyle="butt", zorder=3)
    fill = "none" if verdict.outcome == "UNDECIDED" else colour
    axes.plot([place], [100 * inference.delta], marker=shape, markersize=7, color=colour, mfc=fill, zorder=4)
    axes.annotate(
        change(inference.delta),
        (place, 100 * inference.delta),
        xytext=(8, 0),
        textcoords="offset points",
        color=TEXT,
        fontsize=SIZE,
        va="center",
    )


def _style(axes: "Axes", names: Sequence[str]) -> None:
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(color=LINE, labelcolor=MUTED, labelsize=SIZE)
    shown = [shorten(name, _NAME_WIDTH) for name in names]
    axes.set_xticks(range(len(names)), shown, rotation=30, ha="right", color=TEXT)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    axes.set_ylabel("points; below 0 the release is worse", color=MUTED, fontsize=SIZE)


def _range(known: Sequence[Inference], margin: float) -> tuple[float, float]:
    """Wide enough for every change and the margin, and for bounds up to thrice as far; in points."""
    far = max([100 * abs(inference.delta) for inference in known], default=0.0)
    reach = 3 * max(far, margin, 1.0)
    bounds = [100 * bound for inference in known for bound in (inference.lower, inference.upper)]
    ends = [bound for bound in bounds if math.isfinite(bound)]
    low, high = max(-reach, min([*ends, -far, -margin])), min(reach, max([*ends, far, 0.0]))
    room = 0.06 * (high - low)
    return low - room, high + room


def _described(marks: Sequence[Mark]) -> str:
    told = [f"{name}: {change(delta(verdict))}, {verdict.word}" for name, verdict in marks]
    return f"{len(marks)} releases, oldest first. {'; '.join(told)}."
