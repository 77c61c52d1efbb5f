"""Draws the pictures of the page on the verdict: `python docs/figures.py`, from the repository's root.

The intervals are judged by the gate's own rule and drawn by the report's own plot: neither can say another thing.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from plain_values import make_comparison, make_gate

from clue_lib.judging import Policy, Verdict
from clue_lib.judging.outcomes import decide
from clue_lib.report.forest import forest
from clue_lib.report.svg import BAD, GOOD, LINE, MUTED, TEXT, UNSURE, page_coloured
from clue_lib.types import Signal

IMAGES = Path(__file__).parent / "images"

STYLE = """<style>
svg { color: #1f2328; --bad: #b3261e; --good: #1a7f37; --unsure: #9a6700; --muted: #59636e; --line: #d1d9e0;
  --band: #f3d9d7; background: #fff; font-family: system-ui, sans-serif }
@media (prefers-color-scheme: dark) { svg { color: #f0f6fc; --bad: #ff7b72; --good: #3fb950; --unsure: #d29922;
  --muted: #9198a1; --line: #3d444d; --band: #4a2b2b; background: #0d1117 } }
</style>"""
"""The colours that a report's page has; a picture that stands alone brings them along."""

INTERVALS = (
    # task, d, L, U and p in points; 200 questions
    ("mednli", 2.1, 0.6, 3.6, 0.99),
    ("longhealth_1", 0.3, -1.4, 2.0, 0.6),
    ("longhealth_2", -1.0, -2.6, 0.6, 0.15),
    ("nejm", -1.5, -4.4, 1.4, 0.2),
    ("jama", -4.5, -9.6, 0.6, 0.07),
    ("longhealth_3", -7.0, -9.5, -4.5, 0.0001),
)
MARGIN = 0.03
POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)


def intervals() -> list[Verdict]:
    """Six intervals against one margin, and one of a baseline without skill."""
    able = Signal(skill=0.5, lower=0.4)
    verdicts = [_judged(task, d, low, high, p, able) for task, d, low, high, p in INTERVALS]
    return [*verdicts, _judged("mcq", -0.2, -1.8, 1.4, 0.4, Signal(skill=0.0, lower=-0.05))]


def _judged(task: str, d: float, low: float, high: float, p: float, signal: Signal) -> Verdict:
    gate = make_gate(f"level1.{task}.accuracy", margin=MARGIN)
    bounds = {"delta": d / 100, "lower": low / 100, "upper": high / 100, "p": p}
    comparison = make_comparison(task=task, n=200, n_worse=20, n_better=12, signal=signal, **bounds)
    outcome, reason = decide(gate, comparison, p, POLICY)
    return Verdict(
        gate=gate, outcome=outcome, reason=reason, ok=outcome != "REGRESSED", comparison=comparison, p_adjusted=p
    )


BASELINES = (("answers well", 62, 26), ("guesses", 26, 25), ("always says B", 25, 25))
"""A baseline, and the percent that its answers score on their own gold answers and on those of other questions."""


def signal(axes: Axes) -> None:
    """Two bars for each baseline."""
    for place, (name, own, others) in enumerate(BASELINES):
        colour = GOOD if own - others > 5 else UNSURE
        axes.barh(place - 0.17, own, height=0.3, color=colour)
        axes.barh(place + 0.17, others, height=0.3, color=MUTED)
        axes.text(own + 1, place - 0.17, f"{own} on the right answers", color=TEXT, va="center_baseline", fontsize=11)
        said = f"{others} on other questions' answers"
        axes.text(others + 1, place + 0.17, said, color=MUTED, va="center_baseline", fontsize=11)
        axes.text(-1.5, place, name, color=TEXT, ha="right", va="center_baseline", fontsize=11)
    axes.set(xlim=(0, 100), ylim=(2.5, -0.5))
    axes.set_xlabel("accuracy in percent, of questions with four options", color=MUTED, fontsize=11)


P_VALUES = (0.0002, 0.0008, 0.003, 0.01, 0.04, 0.2, 0.45, 0.8)
ALPHA = 0.01


def correction(axes: Axes) -> None:
    """Each p-value, and the limit below which it counts: alpha over the number of gates that are left."""
    limits = [ALPHA / (len(P_VALUES) - place) for place in range(len(P_VALUES))]
    is_shown = True
    for place, (p, limit) in enumerate(zip(P_VALUES, limits, strict=True)):
        is_shown = is_shown and p < limit  # the first that is above its limit ends it for all after it
        axes.plot([place - 0.35, place + 0.35], [limit, limit], color=MUTED, linewidth=2)
        axes.plot([place], [p], marker="v" if is_shown else "D", color=BAD if is_shown else UNSURE, markersize=7)
        axes.text(place, 1.35, f"{p:g}", color=TEXT, ha="center", fontsize=11)
    axes.set_yscale("log")
    axes.set(xlim=(-0.7, len(P_VALUES) - 0.3), ylim=(0.0001, 3.0))
    axes.plot([-0.7, len(P_VALUES) - 0.3], [ALPHA, ALPHA], color=LINE, linewidth=1)
    axes.text(-0.65, ALPHA * 1.1, "0.01, the limit of one failure mode alone", color=MUTED, fontsize=11)
    axes.set_yticks([0.0001, 0.001, 0.01, 0.1, 1], ["0.0001", "0.001", "0.01", "0.1", "1"])
    axes.set_xlabel(
        "eight failure modes by their p-value; the line is the limit that each must stay below",
        color=MUTED,
        fontsize=11,
    )


def drawn(draw: Callable[[Axes], None], title: str, *, left: float, height: int) -> str:
    """A drawing of its own, in the page's colours."""
    context = {"svg.fonttype": "none", "svg.hashsalt": title, "text.parse_math": False}
    with matplotlib.rc_context(context):
        figure = Figure(figsize=(700 / 72, height / 72))
        axes = figure.add_axes((left, 46 / height, 0.97 - left, 1 - 56 / height))
        for side in ("right", "top", "left" if draw is signal else "top"):
            axes.spines[side].set_visible(False)
        for side in ("bottom", "left"):
            axes.spines[side].set_color(LINE)
        axes.tick_params(color=LINE, labelcolor=MUTED, labelsize=11)
        axes.tick_params(axis="y" if draw is signal else "x", left=False, bottom=False, labelleft=draw is not signal)
        draw(axes)
        if draw is correction:
            axes.set_xticks([])
        axes.minorticks_off()
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return page_coloured(file.getvalue(), title, title)


def main() -> None:
    """Write all pictures."""
    pictures = {
        "verdict-intervals.svg": forest(intervals(), title="Seven intervals against a margin of 3 points"),
        "verdict-signal.svg": drawn(signal, "Three baselines: one with a signal, two without", left=0.16, height=210),
        "verdict-correction.svg": drawn(correction, "Eight p-values and Holm's limits", left=0.08, height=300),
    }
    for name, svg in pictures.items():
        head, end, rest = svg.partition(">")
        (IMAGES / name).write_text(f"{head}{end}{STYLE}{rest}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
