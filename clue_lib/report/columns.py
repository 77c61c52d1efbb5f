"""Columns for a terminal of any width: which of them have room, and lines that end where the terminal does."""

import textwrap
from collections.abc import Collection, Mapping, Sequence

from clue_lib.text import printable

LEAST, MOST = 40, 200
"""Columns of the narrowest terminal that lines are made for, and of the widest whose width a table uses."""

MOST_OF_TEXT = 100
"""Columns of a sentence: longer lines are hard to read."""

NAME = 23
"""Columns of a name, which a table's first column holds: a longer one is cut before another column gives way to it."""


def of_table(columns: int) -> int:
    """How wide a table may be on a terminal of so many columns."""
    return max(LEAST, min(columns, MOST))


def of_text(columns: int) -> int:
    """How wide sentences are on a terminal of so many columns."""
    return max(LEAST, min(columns, MOST_OF_TEXT))


def wrapped(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """`printable` text in lines, of which one begins with `first` and the others with `rest`; none of an empty text."""
    return textwrap.wrap(
        printable(text),
        of_text(columns),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


def fitted(
    rows: Sequence[Sequence[str]], columns: int, *, give_way: Sequence[str], to_the_left: Collection[int] = (0,)
) -> list[str]:
    """The rows, of which the first holds the headings, as lines whose columns are aligned, within the terminal's width.

    Where there is too little room, the columns of the headings `give_way` are left out, the first of them first, and
    names are cut, which ends them with an ellipsis. `to_the_left` are the columns that are not aligned to the right,
    counted from either end.
    """
    headings = rows[0]
    lefts = {headings[place] for place in to_the_left}
    widths = _widths(rows, columns, give_way)
    widths[headings[0]] -= max(0, _total(widths) - of_table(columns))
    return [_line(dict(zip(headings, row, strict=True)), widths, lefts) for row in rows]


def left_out(rows: Sequence[Sequence[str]], columns: int, *, give_way: Sequence[str]) -> list[str]:
    """The headings for whose columns `fitted` has no room, from left to right; arguments as there."""
    widths = _widths(rows, columns, give_way)
    return [heading for heading in rows[0] if heading not in widths]


def _widths(rows: Sequence[Sequence[str]], columns: int, give_way: Sequence[str]) -> dict[str, int]:
    """How wide each column is that has room, by its heading, were names not cut below `NAME`."""
    headings = rows[0]
    widths = {heading: max(len(row[place]) for row in rows) for place, heading in enumerate(headings)}
    name = headings[0]
    for heading in give_way:
        if _total(widths | {name: min(widths[name], NAME)}) <= of_table(columns):
            break
        widths.pop(heading, None)
    return widths


def _total(widths: Mapping[str, int]) -> int:
    """How wide a line is: its columns and a space between each two."""
    return sum(widths.values()) + len(widths) - 1


def _line(cells: Mapping[str, str], widths: Mapping[str, int], lefts: Collection[str]) -> str:
    """The cells of the headings that have a width, each as wide."""
    shown = []
    for heading, width in widths.items():
        cell = cells[heading]
        whole = cell if len(cell) <= width else cell[: width - 1] + "…"
        shown.append(whole.ljust(width) if heading in lefts else whole.rjust(width))
    return " ".join(shown).rstrip()
