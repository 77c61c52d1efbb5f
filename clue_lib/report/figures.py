"""Numbers as every report writes them: shares as percent, differences as points. The one place that rounds."""

from collections.abc import Collection

from clue_lib.report.document import PAGES, Document, Row
from clue_lib.types import LOG_FILE

NOTHING = "–"


WIDTH = 80
"""Columns of the terminal's lines."""


def percent(share: float | None) -> str:
    """A share in percent with one decimal, without the sign."""
    return NOTHING if share is None else f"{100 * share:.1f}"


def points(share: float | None) -> str:
    """A difference in points with its sign; none where it rounds to zero."""
    if share is None:
        return NOTHING
    shown = f"{100 * share:+.1f}".replace("-", "−")
    return "0.0" if shown[1:] == "0.0" else shown


def bounds(row: Row) -> str:
    """The one-sided bounds of a difference; an open side where the data bounds nothing."""
    if row.delta is None:
        return NOTHING
    lower = "−∞" if row.lower is None else points(row.lower)
    return f"[{lower}, {'+∞' if row.upper is None else points(row.upper)}]"


def p_value(p: float | None) -> str:
    """Two significant digits; no more than that it is small where it is."""
    if p is None:
        return NOTHING
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def size(row: Row) -> str:
    """How many examples a gate judged, in how many clusters."""
    if row.n is None:
        return NOTHING
    left_out = f", {row.n_excluded:,} left out" if row.n_excluded else ""
    return f"{row.n:,} in {row.n_clusters:,} clusters{left_out}" if row.n_clusters != row.n else f"{row.n:,}{left_out}"


def needed_clusters(row: Row) -> int | None:
    """How many clusters would let a model as good as its base hold the margin at the policy's power.

    The smallest detectable drop shrinks with the root of their number. None where either is unknown or zero.
    """
    if not row.mde or not row.margin or not row.n_clusters:
        return None
    return round(row.n_clusters * (row.mde / row.margin) ** 2)


def next_steps(document: Document, folder: str, files: Collection[str]) -> list[str]:
    """What to do after this run, a sentence each, two at most; `folder` holds the run's `files`."""
    page = f"{folder}/{PAGES[0]}" if PAGES[0] in files else ""
    errors = [row for row in document.failed if row.outcome == "ERROR"]
    flipped = next((row for row in document.failed if row.kind != "run" and row.delta is not None), None)
    steps = []
    if errors:
        log = f" (see {folder}/{LOG_FILE})" if LOG_FILE in files else ""
        steps.append(f"{_gates(len(errors))} ended in an error: {errors[0].reason}{log}")
    elif flipped and page:
        steps.append(f"Next: open {page}; its flips show what changed for {flipped.id}.")
    if document.run.failed_snapshots:
        steps.append("What snapshots have different stands above, with the tests that failed.")
    if document.run.limit is not None:
        steps.append("A limited run certifies nothing: run without --limit for a verdict.")
    steps += undecided(document)
    return steps[:2] or ([f"Details in {page}."] if page else [])


def undecided(document: Document) -> list[str]:
    """What the verdict leaves open, in sentences: how little `point` says, what was undecided, what would decide it."""
    chance = document.run.equal_fails
    point = (
        [] if chance is None else [f"Profile point fails up to {100 * chance:.0f} % of models as good as their base."]
    )
    rows = [row for row in (*document.failed, *document.inconclusive) if row.outcome == "INCONCLUSIVE"]
    if not rows:
        return point
    first = min(rows, key=lambda row: (row.role != "primary", row.kind != "clue"))
    needed = needed_clusters(first)
    if needed is None or first.n_clusters is None or needed <= first.n_clusters:
        return [*point, f"Undecided: {_gates(len(rows))}, first {first.id}: {first.reason}."]
    return [
        *point,
        f"Undecided: {_gates(len(rows))}, first {first.id}: it shows drops from {percent(first.mde)} points on, its "
        f"margin is {percent(first.margin)}; that takes about {needed:,} clusters, not {first.n_clusters:,}.",
    ]


def _gates(n: int) -> str:
    return f"{n} gate{'s' if n > 1 else ''}"
