"""Readers of data files, whatever their shape: each yields (place, record) pairs; a task's error starts with the place.

`rows` reads flat tables, `objects` nested records, `document` one object; the latter two are JSON's alone.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from clue_lib.datasets import delimited, json_files, workbook
from clue_lib.datasets.columns import Columns
from clue_lib.datasets.json_files import document, objects
from clue_lib.errors import DataError
from clue_lib.raw import BOM, byte_lines

__all__ = ["document", "objects", "refuse_blank", "rows"]


def rows(
    path: Path, columns: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Place and row of a flat table; a row holds all of `columns` and `optional` as text.

    "A|B" asks for column A that some files call B; the row has it under A. Other columns are left out.
    An empty cell (JSON: null) is "", and so is an `optional` column that the file has not. A row in which all is empty
    is skipped. Numbers are written as Python does; text is not changed.

    The shape is told by suffix (.gz left out) and content: .xlsx, JSON Lines, an array of objects, a table by columns,
    else CSV with commas, tabs or semicolons, which may be Windows-1252 throughout. CSV and JSON Lines are streamed.
    The place is "file:line" (the record's first line; a sheet's row), for a table by columns "file: record N".

    Raises DataError, one line with the place, for a file that is missing, empty, cut off, in another encoding or
    without rows, and for a row that lacks a column, differs from the header in length or has a cell that is neither
    text nor number.
    """
    wanted = Columns(required=columns, optional=optional)
    is_empty = True
    for place, record in _reader(path)(path, wanted):
        row = wanted.row(record, place)
        if any(row.values()):
            is_empty = False
            yield place, row
    if is_empty:
        raise DataError(f"{path}:1: no rows, or only empty ones; copy or download it again")


def refuse_blank(row: Mapping[str, str], names: tuple[str, ...], place: str) -> None:
    """Raises DataError where one of the row's cells is empty or white space."""
    blank = [name for name in names if not row[name].strip()]
    if blank:
        raise DataError(f"{place}: {' and '.join(blank)} blank; each row needs {', '.join(names)}: fill or remove it")


def _reader(path: Path) -> Callable[[Path, Columns], Iterator[tuple[str, Mapping[str, object]]]]:
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    lines = (line.removeprefix(BOM).strip() for line in byte_lines(path))
    first = next(filter(None, lines), b"")
    is_table = suffix in (".csv", ".tsv")
    is_json = suffix in (".json", ".jsonl", ".ndjson")
    if suffix == ".xlsx" or first.startswith(b"PK\x03\x04"):
        return workbook.records
    if is_json or (first.startswith((b"{", b"[")) and not is_table):
        return json_files.records
    return delimited.records
