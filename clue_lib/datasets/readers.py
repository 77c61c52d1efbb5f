"""Readers of file shapes: each yields (place, row) pairs; `place` is "file:line" for the error that may follow."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from clue_lib.errors import DataError
from clue_lib.text import printable

Row = Mapping[str, str]

# What openpyxl and its XML parser were seen to raise on damaged workbooks; it has no error class of its own for them.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError),
)


def json_lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Rows of a JSON Lines file that must have `columns` as strings; blank lines are skipped, a BOM is read over.

    Raises DataError at the first line that is not UTF-8, not a JSON object or lacks a column.
    """
    for number, line in enumerate(_content(path).removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(f"{place}: not a JSON object in UTF-8 ({error}); one object a line is read") from error
        yield place, _columns(row, columns, place)


def sheet(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Rows of an Excel file's first sheet whose first row names its columns; rows without any of them are skipped.

    Raises DataError when the file is no workbook, lacks a column or has a row with only some of them.
    """
    header, *rows = _cells(path) or [()]
    names = [str(cell).strip() for cell in header]
    if missing := [name for name in columns if name not in names]:
        raise DataError(f"{path}:1: no column {', '.join(missing)}; the sheet must have {', '.join(columns)}")
    places = {name: names.index(name) for name in columns}
    for number, cells in enumerate(rows, 2):
        filled = {name: str(cells[i]) for name, i in places.items() if i < len(cells) and cells[i] is not None}
        if filled:
            place = f"{path}:{number}"
            yield place, _columns(filled, columns, place)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; check the file and its permissions") from error


def _cells(path: Path) -> list[tuple[object, ...]]:
    """The first sheet's rows; a row ends at its last cell, so that rows differ in length."""
    import openpyxl

    content = io.BytesIO(_content(path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl drops: only values are read
            worksheet = openpyxl.load_workbook(content, read_only=True, data_only=True).worksheets[0]
            worksheet.reset_dimensions()  # some writers state a size of one cell, whatever the sheet holds
            return list(worksheet.iter_rows(values_only=True))
    except _DAMAGED as error:
        raise DataError(f"{path}: not an Excel workbook ({printable(str(error))}); download it again") from error


def _columns(row: Mapping[str, object], columns: tuple[str, ...], place: str) -> Row:
    for name in columns:
        if not isinstance(row.get(name), str):
            problem = "is missing" if name not in row else "is not text"
            raise DataError(f"{place}: column {name} {problem}; each row needs {', '.join(columns)} as text")
    return {name: str(row[name]) for name in columns}
