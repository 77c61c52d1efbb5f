"""The terminal's table of gates: one line each, grouped by task, never wider than the terminal."""

import itertools
import math
from collections.abc import Sequence

from clue_lib.judging import Verdict
from clue_lib.report.columns import fitted, left_out, of_table, wrapped
from clue_lib.report.figures import WIDTH, bounds, change, percent
from clue_lib.report.shown import is_shown
from clue_lib.text import shorten

FAILS = "✗"
_HEADINGS = ("", "base", "cand", "change", "bounds", "margin", "MDE", "outcome")
_LEGEND = "Percent and points; bounds are one-sided, below 0 is worse; – is a metric that is only monitored."
_MDE_LEGEND = " MDE is the smallest drop that this run would mostly show, after its correction."

_GIVE_WAY = ("MDE", "base", "cand", "margin", "bounds")
"""What a narrow terminal has no room for, in this order: how far a gate moved and its outcome always show."""

Line = tuple[str, Verdict | None]
"""A line of the table with the verdict that it shows; headings and notes have none."""


def table(verdicts: Sequence[Verdict], columns: int = WIDTH) -> list[Line]:
    """The table's lines: main metrics and those of the whole run always, others where they moved or failed.

    No wider than a terminal of so many columns: figures that it has no room for are left out, which `legend` says.
    """
    if not verdicts:
        return []
    shown = [verdict for verdict in verdicts if is_shown(verdict)]
    heading, *lines = fitted(_rows(verdicts), columns, give_way=_GIVE_WAY, to_the_left=(0, -1))
    line_of = {verdict.gate.id: line for line, verdict in zip(lines, shown, strict=True)}
    table: list[Line] = [(heading, None)]
    for _, group in itertools.groupby(verdicts, key=lambda verdict: verdict.gate.task):
        of_task = list(group)
        table.append((_task(of_task[0], columns), None))
        table += [(line_of[verdict.gate.id], verdict) for verdict in of_task if verdict.gate.id in line_of]
        table += [(line, None) for line in _unmoved(of_task, columns)]
    if any(verdict.has_failed for verdict in shown):
        table.append((f"{FAILS} fails the run", None))
    return table


def legend(verdicts: Sequence[Verdict], columns: int = WIDTH) -> str:
    """What the columns of their table mean, and which had no room, in sentences; nothing of an empty table."""
    if not verdicts:
        return ""
    missing = left_out(_rows(verdicts), columns, give_way=_GIVE_WAY)
    mde = "" if "MDE" in missing else _MDE_LEGEND
    narrow = f" No room here for {', '.join(missing)}: the reports have {'it' if len(missing) == 1 else 'them'}."
    return _LEGEND + mde + (narrow if missing else "")


def _rows(verdicts: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """The headings, and the cells of each verdict that is shown."""
    return [_HEADINGS, *(_cells(verdict) for verdict in verdicts if is_shown(verdict))]


def _task(verdict: Verdict, columns: int) -> str:
    """A task's heading: how many examples it has, or why nothing was compared."""
    if verdict.comparison is None:
        size = verdict.reason
    else:
        n, n_clusters = verdict.comparison.n, verdict.comparison.inference.n_clusters
        size = f"{n} examples" if n == n_clusters else f"{n} examples in {n_clusters} clusters"
    return shorten(f"{verdict.gate.task}: {size}", of_table(columns))


def _unmoved(verdicts: Sequence[Verdict], columns: int) -> list[str]:
    """How many of a task's gates the table leaves out, in lines; none where it leaves none out."""
    hidden = [verdict for verdict in verdicts if not is_shown(verdict)]
    n_failure_modes = sum(verdict.gate.kind == "failure mode" for verdict in hidden)
    n_undecided = sum(verdict.outcome == "UNDECIDED" for verdict in hidden)
    counts = {"failure mode": n_failure_modes, "other metric": len(hidden) - n_failure_modes}
    parts = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count]
    tail = f", {n_undecided} of them undecided" if n_undecided else ""
    told = f"and {', '.join(parts)} unmoved{tail}" if parts else ""
    return wrapped(told, columns, first="  ", rest="    ")


def _cells(verdict: Verdict) -> tuple[str, ...]:
    name = f"{FAILS if verdict.has_failed else ' '} {verdict.gate.metric}"
    margin = percent(verdict.gate.margin)
    if verdict.comparison is None:
        return (name, "", "", "", "", margin, "", verdict.word)
    inference, levels = verdict.comparison.inference, verdict.comparison.levels
    baseline = percent(None if levels is None else levels.baseline)
    candidate = percent(None if levels is None else levels.candidate)
    mde = percent(inference.mde_corrected) if math.isfinite(inference.mde_corrected) else "none"
    interval = bounds(verdict).replace(", ", ",")
    return (name, baseline, candidate, change(inference.delta), interval, margin, mde, verdict.word)
