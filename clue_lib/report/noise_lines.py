"""The noise floor as the terminal shows it: after `--aa` in full, in later runs where a margin lies below it."""

from clue_lib.report.columns import fitted, wrapped
from clue_lib.report.document import Document
from clue_lib.report.figures import WIDTH, percent
from clue_lib.types import Noise

_HEADINGS = ("noise of the baseline, %", "texts", "scores", "|Δ|", "error", "floor", "margin")
_GIVE_WAY = ("error", "|Δ|", "texts", "scores")
"""What a narrow terminal has no room for, in this order; floor and margin always show."""


def lines(document: Document, columns: int = WIDTH) -> list[str]:
    """A line for every margin below its noise floor, then an empty one; no line where there is none.

    A run of `--aa`, which asks the baseline in two orders, shows a table first: main metrics, and others whose scores
    flipped.
    """
    noise = document.run.noise
    warnings = [line for one in noise if one.margin < one.floor for line in _warning(one, columns)]
    if warnings:
        warnings.append("")
    if not document.run.is_aa or not noise:
        return warnings
    held = wrapped("every margin of a task lies above its noise floor", columns)
    return [*_table(document, columns), *(warnings or [*held, ""])]


def _table(document: Document, columns: int) -> list[str]:
    main = {verdict.gate.id for verdict in document.verdicts if verdict.gate.is_main_metric}
    noise = document.run.noise
    shown = [one for one in noise if one.score_flips or one.gate in main]
    rows = [_HEADINGS, *(_cells(one) for one in shown)]
    n_hidden = len(noise) - len(shown)
    return [*fitted(rows, columns, give_way=_GIVE_WAY), *([f"and {n_hidden} more without a flip"] if n_hidden else [])]


def _cells(one: Noise) -> tuple[str, ...]:
    _, task, metric = one.gate.split(".")
    shares = (one.text_flips, one.score_flips, one.delta, one.standard_error, one.floor, one.margin)
    return (f"{task}.{metric}", *map(percent, shares))


def _warning(one: Noise, columns: int) -> list[str]:
    told = f"margin {percent(one.margin)} of {one.gate} lies below its noise floor {percent(one.floor)}: widen it"
    return wrapped(told, columns)
