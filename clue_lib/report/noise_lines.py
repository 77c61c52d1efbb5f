"""The noise floor as the terminal shows it: after `--aa` in full, in later runs where a margin lies below it."""

import textwrap

from tabulate import tabulate

from clue_lib.report.document import kind_of
from clue_lib.report.figures import WIDTH, percent
from clue_lib.types import Noise, RunInfo

_HEADINGS = ("noise of the baseline, %", "texts", "scores", "|Δ|", "error", "floor", "margin")


def lines(info: RunInfo) -> list[str]:
    """A line for every margin that is too small, and an empty one after them; nothing where there is nothing to say.

    A run that asked the baseline in two orders shows a table before: CLUE's metrics, and others where scores flipped.
    """
    too_small = [line for one in info.noise if one.margin < one.floor for line in _warning(one)]
    found = [*too_small, ""] if too_small else []
    if not info.is_aa or not info.noise:
        return found
    shown = [one for one in info.noise if one.score_flips or kind_of(*_name(one)) == "clue"]
    rows = [_HEADINGS, *map(_cells, shown)]
    table = tabulate(rows, tablefmt="plain", colalign=("left", *["right"] * 6), disable_numparse=True).splitlines()
    hidden = len(info.noise) - len(shown)
    tail = [f"and {hidden} more without a flip"] if hidden else []
    return [*table, *tail, *(found or ["every margin of a task lies above its noise floor", ""])]


def _name(one: Noise) -> tuple[str, str]:
    _, task, metric = one.gate.split(".")
    return task, metric


def _cells(one: Noise) -> tuple[str, ...]:
    shares = (one.text_flips, one.score_flips, one.delta, one.standard_error, one.floor, one.margin)
    return (".".join(_name(one)), *map(percent, shares))


def _warning(one: Noise) -> list[str]:
    return textwrap.wrap(
        f"margin {percent(one.margin)} of {one.gate} lies below its noise floor {percent(one.floor)}: widen it", WIDTH
    )
