"""A limited run's assisted figures beside the plain ones: what the terminal, report.md and report.html show of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from clue_lib.judging import Verdict
from clue_lib.judging.explaining import between
from clue_lib.report.columns import fitted, wrapped
from clue_lib.report.document import Document
from clue_lib.report.figures import NOTHING, WIDTH, bounds, change, finite, percent, points
from clue_lib.types import Assistance, Comparison

_HEADINGS = ("assisted by stored scores", "change", "bounds", "MDE", "plain", "plain MDE")
_GIVE_WAY = ("plain MDE", "bounds")
"""What a narrow terminal has no room for, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One gate's figures as they are written: the plain ones, then the assisted ones."""

    gate: str
    change: str
    bounds: str
    mde: str
    assisted_change: str
    assisted_bounds: str
    assisted_mde: str


def rows(document: Document) -> list[Row]:
    """The gates that have assisted figures; none of a full run."""
    return [_row(verdict, comparison, assistance) for verdict, comparison, assistance in _assisted(document)]


def sentence(document: Document) -> str:
    """What the assisted figures are made of; empty where there are none."""
    n_earlier = max((assistance.n_earlier for _, _, assistance in _assisted(document)), default=0)
    if not n_earlier:
        return ""
    models = f"{n_earlier} earlier candidate{'s' if n_earlier > 1 else ''}"
    return (
        f"Assisted: what the store knows of the base and of {models} on all examples takes out part of the chance in "
        "which ones this limited run asked. It is to look at: the plain figures decide."
    )


def lines(document: Document, columns: int = WIDTH) -> list[str]:
    """The terminal's table, what it is, and an empty line; no line where there is nothing."""
    found = rows(document)
    if not found:
        return []
    cells = [
        (row.gate, row.assisted_change, row.assisted_bounds, row.assisted_mde, row.change, row.mde) for row in found
    ]
    table = fitted([_HEADINGS, *cells], columns, give_way=_GIVE_WAY)
    return [*table, *wrapped(sentence(document), columns), ""]


def _assisted(document: Document) -> Iterator[tuple[Verdict, Comparison, Assistance]]:
    for verdict in document.verdicts:
        if verdict.comparison is not None and verdict.comparison.assistance is not None:
            yield verdict, verdict.comparison, verdict.comparison.assistance


def _row(verdict: Verdict, comparison: Comparison, assistance: Assistance) -> Row:
    return Row(
        gate=f"{verdict.gate.task}.{verdict.gate.metric}",
        change=change(comparison.inference.delta),
        bounds=bounds(verdict),
        mde=_mde(comparison.inference.mde_corrected),
        assisted_change=change(assistance.delta),
        assisted_bounds=between(finite(assistance.lower), finite(assistance.upper), points),
        assisted_mde=_mde(assistance.mde),
    )


def _mde(share: float) -> str:
    known = finite(share)
    return NOTHING if known is None else percent(known)
