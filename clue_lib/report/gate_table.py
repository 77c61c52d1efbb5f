"""The terminal's table of gates: one line each, grouped by task, never wider than a terminal."""

import itertools
import math
from collections.abc import Sequence

from clue_lib.judging import Verdict
from clue_lib.report.figures import WIDTH, bounds, change, percent
from clue_lib.report.shown import is_shown
from clue_lib.text import shorten

FAILS = "✗"
_HEADINGS = ("", "base", "cand", "change", "bounds", "margin", "MDE", "outcome")
_LEGEND = "Percent and points; bounds are one-sided, below 0 is worse; – is a metric that is only monitored."
_MDE_LEGEND = " MDE is the smallest drop that this run would mostly show, after its correction."

_MDE = _HEADINGS.index("MDE")

Line = tuple[str, Verdict | None]
"""A line of the table with the verdict that it shows; headings and notes have none."""


def table(verdicts: Sequence[Verdict]) -> list[Line]:
    """The table's lines: main metrics and those of the whole run always, others where they moved or failed.

    `WIDTH` columns wide at most: the smallest detectable drop (MDE) shows where there is room, and a name is cut where
    even so there is too little.
    """
    if not verdicts:
        return []
    shown = [verdict for verdict in verdicts if is_shown(verdict)]
    heading, *lines = _fitted([_HEADINGS, *(_cells(verdict) for verdict in shown)])
    line_of = {verdict.gate.id: line for line, verdict in zip(lines, shown, strict=True)}
    table: list[Line] = [(heading, None)]
    for _, group in itertools.groupby(verdicts, key=lambda verdict: verdict.gate.task):
        of_task = list(group)
        table.append((_task(of_task[0]), None))
        table += [(line_of[verdict.gate.id], verdict) for verdict in of_task if verdict.gate.id in line_of]
        table += [(line, None) for line in _unmoved(of_task)]
    if not all(verdict.ok for verdict in shown):
        table.append((f"{FAILS} fails the run", None))
    return table


def legend(lines: Sequence[Line]) -> str:
    """What the columns of the table's lines mean, in a sentence or two; nothing of an empty table."""
    if not lines:
        return ""
    heading, _ = lines[0]
    return _LEGEND + (_MDE_LEGEND if "MDE" in heading else "")


def _task(verdict: Verdict) -> str:
    """A task's heading: how many examples it has, or why nothing was compared."""
    if verdict.comparison is None:
        size = verdict.reason
    else:
        n, n_clusters = verdict.comparison.n, verdict.comparison.inference.n_clusters
        size = f"{n} examples" if n == n_clusters else f"{n} examples in {n_clusters} clusters"
    return shorten(f"{verdict.gate.task}: {size}", WIDTH)


def _unmoved(verdicts: Sequence[Verdict]) -> list[str]:
    """How many of a task's gates the table leaves out, in a line; none where it leaves none out."""
    hidden = [verdict for verdict in verdicts if not is_shown(verdict)]
    n_failure_modes = sum(verdict.gate.kind == "failure mode" for verdict in hidden)
    n_undecided = sum(verdict.outcome == "UNDECIDED" for verdict in hidden)
    counts = {"failure mode": n_failure_modes, "other metric": len(hidden) - n_failure_modes}
    parts = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count]
    tail = f", {n_undecided} of them undecided" if n_undecided else ""
    return [f"  and {', '.join(parts)} unmoved{tail}"] if parts else []


def _cells(verdict: Verdict) -> tuple[str, ...]:
    name = f"{' ' if verdict.ok else FAILS} {verdict.gate.metric}"
    margin = percent(verdict.gate.margin)
    if verdict.comparison is None:
        return (name, "", "", "", "", margin, "", verdict.word)
    inference, levels = verdict.comparison.inference, verdict.comparison.levels
    baseline = percent(None if levels is None else levels.baseline)
    candidate = percent(None if levels is None else levels.candidate)
    mde = percent(inference.mde_corrected) if math.isfinite(inference.mde_corrected) else "∞"
    both_bounds = bounds(verdict).replace(" ", "")
    return (name, baseline, candidate, change(inference.delta), both_bounds, margin, mde, verdict.word)


def _fitted(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines whose columns are aligned, within `WIDTH`."""
    kept, widths = rows, _widths(rows)
    if _total(widths) > WIDTH:
        kept = [[*row[:_MDE], *row[_MDE + 1 :]] for row in rows]
        widths = _widths(kept)
    widths[0] -= max(0, _total(widths) - WIDTH)
    return [_line(row, widths) for row in kept]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _total(widths: Sequence[int]) -> int:
    """How wide a line is: its columns and a space between each two."""
    return sum(widths) + len(widths) - 1


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *middle, outcome = row
    if len(name) > widths[0]:
        name = name[: widths[0] - 1] + "…"
    aligned = [cell.rjust(width) for cell, width in zip(middle, widths[1:-1], strict=True)]
    return " ".join([name.ljust(widths[0]), *aligned, outcome]).rstrip()
