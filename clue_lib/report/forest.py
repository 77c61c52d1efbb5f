"""The forest plot: every gate's difference with its bounds and its margin, as an SVG that follows the page's colours.

Drawn by matplotlib in signal colours, which then become the page's own (`currentColor`, `var(--…)`); its styles become
attributes, which a strict content security policy allows.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clue_lib.report.document import Row
from clue_lib.report.figures import bounds, points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SVG = "http://www.w3.org/2000/svg"
_COLOURS = {
    "#010101": "currentColor",
    "#020202": "var(--bad)",
    "#030303": "var(--good)",
    "#040404": "var(--unsure)",
    "#050505": "var(--muted)",
    "#060606": "var(--line)",
    "#070707": "var(--band)",
}
_TEXT, _BAD, _GOOD, _UNSURE, _MUTED, _LINE, _BAND = _COLOURS
_MARKS = {
    "REGRESSED": (_BAD, "v"),
    "IMPROVED": (_GOOD, "^"),
    "HELD": (_GOOD, "o"),
    "IDENTICAL": (_GOOD, "o"),
    "INCONCLUSIVE": (_UNSURE, "D"),
}
_SIZE = 11
"""Points of text, and so pixels: a figure of 1 inch becomes 72 pixels wide."""


def forest(gates: Sequence[Row], *, title: str, narrow: bool = False) -> str:
    """The plot of all gates that were compared, in their order; empty where none was.

    Narrow, for a phone, puts each gate's name above its interval instead of beside it. Differences are in points,
    bounds one-sided; a bound beyond the plot is cut at its edge.
    """
    import matplotlib
    from matplotlib.figure import Figure

    rows = [gate for gate in gates if gate.delta is not None]
    if not rows:
        return ""
    width, height = (350, 46) if narrow else (900, 23)
    total = len(rows) * height + 54
    salt = f"{title}{narrow}"
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt, "text.parse_math": False}):
        figure = Figure(figsize=(width / 72, total / 72))
        left, right = (0.02, 0.98) if narrow else (0.30, 0.66)
        axes = figure.add_axes((left, 40 / total, right - left, 1 - 54 / total))
        _draw(axes, rows, narrow)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _page_coloured(file.getvalue(), title, _described(rows))


def _draw(axes: "Axes", rows: Sequence[Row], narrow: bool) -> None:
    limits = _range(rows)
    axes.set(xlim=limits, ylim=(len(rows) - 0.5, -0.5))
    for place, row in enumerate(rows):
        label, colour = f"{row.task} {row.metric}", _mark(row)[0]
        if narrow:
            _interval(axes, row, place + 0.2, limits)
            _write(axes, 0.0, place - 0.22, label, "left")
            _write(axes, 1.0, place - 0.22, f"{points(row.delta)} {row.outcome}", "right", colour)
        else:
            _interval(axes, row, place, limits)
            _write(axes, -0.02, place, label, "right")
            _write(axes, 1.14, place, points(row.delta), "right")
            _write(axes, 1.42, place, bounds(row), "right")
            _write(axes, 1.5, place, row.outcome, "left", colour)
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.tick_params(axis="x", color=_LINE, labelcolor=_MUTED, labelsize=_SIZE)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    axes.set_xlabel("points, candidate − base; right is better", color=_MUTED, fontsize=_SIZE)


def _interval(axes: "Axes", row: Row, y: float, limits: tuple[float, float]) -> None:
    low, high = limits
    colour, mark = _mark(row)
    delta, margin = 100 * (row.delta or 0.0), -100 * row.margin
    ends = [
        max(low, -1e9 if row.lower is None else 100 * row.lower),
        min(high, 1e9 if row.upper is None else 100 * row.upper),
    ]
    axes.plot([max(margin, low), 0], [y, y], color=_BAND, linewidth=9, solid_capstyle="butt", zorder=0)
    axes.plot([0, 0], [y - 0.3, y + 0.3], color=_MUTED, linewidth=1, zorder=1)
    axes.plot(ends, [y, y], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
    filled = colour if row.outcome != "INCONCLUSIVE" else "none"
    axes.plot([min(max(delta, low), high)], [y], marker=mark, markersize=6, color=colour, mfc=filled, zorder=3)


def _mark(row: Row) -> tuple[str, str]:
    return _MARKS.get(row.outcome, (_UNSURE, "D"))


def _write(axes: "Axes", x: float, y: float, text: str, side: str, colour: str = _TEXT) -> None:
    """Text at a share of the axes' width, at a row's height."""
    at = axes.get_yaxis_transform()
    axes.text(x, y, text, color=colour, fontsize=_SIZE, ha=side, va="center_baseline", transform=at, clip_on=False)


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    """Wide enough for every difference and margin, and for bounds up to thrice as far."""
    far = max(max(abs(100 * (row.delta or 0.0)), 100 * row.margin) for row in rows)
    known = [100 * bound for row in rows for bound in (row.lower, row.upper) if bound is not None]
    reach = 3 * max(far, 1.0)
    low = max(-reach, min([*known, -far, *(-100 * row.margin for row in rows)]))
    high = min(reach, max([*known, 0.0, *(100 * (row.delta or 0.0) for row in rows)]))
    room = 0.04 * (high - low)
    return low - room, high + room


def _described(rows: Sequence[Row]) -> str:
    worse = sum((row.delta or 0.0) < -row.margin for row in rows)
    held = sum(row.lower is not None and row.lower > -row.margin for row in rows)
    return (
        f"{len(rows)} gates: {worse} differences lie beyond their margin, {held} have their lower bound within it. "
        "The table of all gates holds every figure."
    )


def _page_coloured(svg: str, title: str, description: str) -> str:
    """The drawing as an element of a page: styles as attributes, signal colours as the page's, a name and a text."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in {f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"}]:
            parent.remove(child)
    for element in root.iter():
        _restyle(element)
    _size(root)
    name, text = ET.Element(f"{{{_SVG}}}title"), ET.Element(f"{{{_SVG}}}desc")
    name.text, text.text = title, description
    root[:0] = [name, text]
    for defs in root.findall(f"{{{_SVG}}}defs"):
        if not len(defs):
            root.remove(defs)
    root.set("role", "img")
    root.set("aria-label", f"{title}. {description}")
    return ET.tostring(root, encoding="unicode")


def _restyle(element: ET.Element) -> None:
    for rule in filter(None, element.attrib.pop("style", "").split(";")):
        key, value = (part.strip() for part in rule.split(":", 1))
        if key not in {"font-family", "font"}:
            element.set(key, _COLOURS.get(value, value))
    if (target := element.attrib.pop("{http://www.w3.org/1999/xlink}href", None)) is not None:
        element.set("href", target)
    if element.tag == f"{{{_SVG}}}g":
        element.attrib.pop("id", None)
    if re.fullmatch(r"rotate\(-?0 .*\)", element.get("transform", "")):
        del element.attrib["transform"]


def _size(root: ET.Element) -> None:
    """Points become the page's pixels; the page may shrink the drawing."""
    for side in ("width", "height"):
        root.set(side, root.get(side, "").removesuffix("pt"))
