"""Excel workbooks: the first sheet's cells."""

import io
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from clue_lib import files
from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError
from clue_lib.raw import content

# What openpyxl and its XML parser were seen to raise on damaged workbooks; it has no error class of its own for them.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError),
)


_OVERHEAD = 4
"""How many times its size unzipped a workbook takes in memory, at the least."""

_BYTES_PER_CELL = 64


def records(path: Path, columns: Columns) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Place and cells by column name, None where empty; the first row names the columns.

    Raises DataError where the file is no workbook or the first row lacks a required column.
    """
    header, *rows = _cells(path) or [()]
    names = ["" if cell is None else str(cell).strip() for cell in header]
    columns.check(names, f"{path}:1")
    for number, cells in enumerate(rows, 2):
        yield f"{path}:{number}", dict(zip(names, itertools.chain(cells, itertools.repeat(None)), strict=False))


def _cells(path: Path) -> list[tuple[object, ...]]:
    """The first sheet's rows; a row ends at its last cell, so that rows differ in length."""
    import openpyxl

    book = io.BytesIO(content(path))
    _check_size(path, book)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl drops: only values are read
            worksheet = openpyxl.load_workbook(book, read_only=True, data_only=True).worksheets[0]
            worksheet.reset_dimensions()  # some writers state a size of one cell, whatever the sheet holds
            return list(_within(path, worksheet.iter_rows(values_only=True)))
    except _DAMAGED as error:  # its text may quote a cell, so only its name is told
        raise DataError(f"{path}: not an Excel workbook ({type(error).__name__}); save or download it again") from error


def _check_size(path: Path, book: io.BytesIO) -> None:
    """Raise DataError for a workbook that would unzip to more than may be held: what its directory says is the most."""
    bound = files.largest() // _OVERHEAD
    try:
        with zipfile.ZipFile(book) as parts:
            n_bytes = sum(part.file_size for part in parts.infolist())
    except _DAMAGED:
        return  # which opening it tells
    if n_bytes > bound:
        raise DataError(f"{path}: {files.too_large(path, bound).strerror}")


def _within(path: Path, rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """The rows, as long as there are not too many cells: a last cell far to the right, or below, costs 30 bytes."""
    left = files.largest() // _BYTES_PER_CELL
    for row in rows:
        left -= len(row) + 1
        if left < 0:
            raise DataError(f"{path}: it holds too many cells; {files.MORE}")
        yield row
