"""CSV, TSV and semicolon-separated tables, a row in memory at a time: notes files of several GB are read this way."""

import csv
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError
from clue_lib.raw import text_lines

_LONGEST_CELL = 10_000_000  # characters; a letter has 100,000 at most, so a longer cell is a quote that is never closed


def records(path: Path, columns: Columns, *, is_streamed: bool = False) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Place and cells by column name; the place is the row's first line. Blank lines are skipped.

    With `is_streamed` the file may be of any size, for whoever keeps no more than a row of it.

    Raises DataError where `text_lines` does, where the first line lacks a required column, and at a row that breaks the
    rules of quoting or has more or fewer cells than the first line.
    """
    rows = _rows(path, is_streamed)
    place, header = next(rows)
    names = [name.strip() for name in header]
    columns.check(names, place)
    for place, cells in rows:
        if len(cells) != len(names):
            raise DataError(
                f"{place}: {len(cells)} cells where the header has {len(names)}; quote cells that hold the delimiter"
            )
        yield place, dict(zip(names, cells, strict=True))


def _rows(path: Path, is_streamed: bool) -> Iterator[tuple[str, list[str]]]:
    """The header, [] where the first line is blank, then the rows that are not."""
    lines = text_lines(path, is_streamed=is_streamed)
    first = next(lines)
    csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))  # the module's default of 131,072 cuts letters
    reader = csv.reader(itertools.chain([first], lines), delimiter=_delimiter(first), strict=True)
    while True:
        place = f"{path}:{reader.line_num + 1}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problem = str(error).partition(" - ")[0]  # after it, advice to whoever called csv
            raise DataError(f"{place}: no row of cells ({problem}); check that each quote is closed") from error
        if cells is None:
            return
        if cells or reader.line_num == 1:
            yield place, cells


def _delimiter(header: str) -> str:
    """The one that makes most columns of the first line; Excel writes semicolons where a comma is the decimal mark."""
    return max(",\t;", key=re.sub(r'"[^"]*"', "", header).count)
