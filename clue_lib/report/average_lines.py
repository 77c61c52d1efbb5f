"""CLUE's averages on a terminal, beside the published figures of models that have them."""

from collections.abc import Sequence

from clue_lib.report.averages import Average
from clue_lib.report.columns import fitted, of_table
from clue_lib.report.figures import WIDTH, change, percent
from clue_lib.text import shorten

_HEADINGS = ("averages", "base", "cand", "change", "published")
_GIVE_WAY = ("published", "base", "cand")


def average_lines(rows: Sequence[Average], columns: int = WIDTH) -> list[str]:
    """A line for each average, in percent, or why it is left out; nothing where none was formed."""
    formed = {row.name: _cells(row) for row in rows if row.baseline is not None and row.candidate is not None}
    if not formed:
        return []
    headings = [*_HEADINGS[:-1], _HEADINGS[-1] if any(cells[-1] for cells in formed.values()) else ""]
    heading, *fitting = fitted([headings, *formed.values()], columns, give_way=_GIVE_WAY, to_the_left=(0, -1))
    line_of = dict(zip(formed, fitting, strict=True))
    return [heading, *(line_of.get(row.name) or _left_out(row, rows, columns) for row in rows)]


def _cells(row: Average) -> tuple[str, ...]:
    assert row.baseline is not None
    assert row.candidate is not None
    published = ""
    if row.published_baseline is not None or row.published_candidate is not None:
        published = f"{percent(row.published_baseline):>5} {percent(row.published_candidate):>5}"
    moved = change(row.candidate - row.baseline)
    return (f"  {row.name}", percent(row.baseline), percent(row.candidate), moved, published)


def _left_out(row: Average, rows: Sequence[Average], columns: int) -> str:
    longest = max(len(other.name) for other in rows)
    name = f"  {row.name:<{longest}}"
    return f"{name}  {shorten(row.note, of_table(columns) - len(name) - 2)}"
