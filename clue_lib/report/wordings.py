"""How far the change differs between wordings, in one sentence. Nothing gates on it."""

from clue_lib.report.figures import percent
from clue_lib.types import RunInfo, WordingSpread

LEVEL = 0.05
"""Below it, after the correction over all metrics, a spread is told from 0."""


def sentence(run: RunInfo) -> str:
    """Where the change varies between wordings by more than chance does, and how far; empty where each task has one."""
    spreads = run.wordings
    if not any(task.n_wordings > 1 for task in run.tasks):
        return ""
    if not spreads:
        return "There are too few clusters to tell how far the change differs between wordings."
    sure = [spread for spread in spreads if spread.p_adjusted < LEVEL]
    if sure:
        told = "; ".join(_told(spread) for spread in sure)
        n_others = len(spreads) - len(sure)
        others = f"; {n_others} more can't be told from 0" if n_others else ""
        return f"The change differs between wordings: {told}{others}."
    largest = max(spreads, key=lambda spread: spread.deviation)
    return (
        f"How far the change differs between wordings can't be told from 0 on any of {len(spreads)} metrics; the "
        f"largest estimate is of {_told(largest)}."
    )


def _told(spread: WordingSpread) -> str:
    """One metric's spread in points: an estimate, its bound, and the error of what it was made of."""
    _, task, metric = spread.gate.split(".")
    return (
        f"{task} {metric}, standard deviation {percent(spread.deviation)} points (at most {percent(spread.upper)}; "
        f"standard error of one wording's change {percent(spread.standard_error)})"
    )
