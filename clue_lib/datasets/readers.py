"""Readers of file shapes: each yields (place, row) pairs; `place` is "file:line" for the error that may follow."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from clue_lib.errors import DataError

Row = Mapping[str, str]


def json_lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Rows of a JSON Lines file that must have `columns` as strings; blank lines are skipped, a BOM is read over.

    Raises DataError at the first line that is not UTF-8, not a JSON object or lacks a column.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; check the file and its permissions") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{place}: not a JSON object in UTF-8 ({error}); one object a line is read") from error
        yield place, _columns(row, columns, place)


def sheet(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Rows of an Excel file's first sheet whose first row names its columns; rows without any of them are skipped.

    Raises DataError when the file is no workbook, lacks a column or has a row with only some of them.
    """
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise DataError(f"{path}: not an Excel workbook ({error}); download it again") from error
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True)
        header = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
        if missing := [name for name in columns if name not in header]:
            raise DataError(f"{path}:1: no column {', '.join(missing)}; the sheet must have {', '.join(columns)}")
        places = {name: header.index(name) for name in columns}
        for number, cells in enumerate(rows, 2):
            row: dict[str, object] = {name: cells[i] for name, i in places.items() if cells[i] is not None}
            if row:
                place = f"{path}:{number}"
                yield place, _columns({name: str(cell) for name, cell in row.items()}, columns, place)
    finally:
        workbook.close()


def _columns(row: Mapping[str, object], columns: tuple[str, ...], place: str) -> Row:
    for name in columns:
        if not isinstance(row.get(name), str):
            problem = "is missing" if name not in row else "is not text"
            raise DataError(f"{place}: column {name} {problem}; each row needs {', '.join(columns)} as text")
    return {name: str(row[name]) for name in columns}
