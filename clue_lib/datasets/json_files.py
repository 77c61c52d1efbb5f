"""JSON as people have it: an object a line, an array of objects, a table by columns, one document. Always in UTF-8."""

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from clue_lib import files
from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError
from clue_lib.raw import BOM, byte_lines, content

Object = dict[str, object]
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def document(path: Path) -> Object:
    """The file's one JSON object; gzip and a BOM are read over.

    Raises DataError with the line where the file is damaged, empty, or holds anything but one object in UTF-8.
    """
    return _object(_content(path), path, 1)


def objects(path: Path) -> Iterator[tuple[str, Object]]:
    """Place ("file:line" where the object starts) and object of JSON Lines, an array of objects, or a lone object.

    Objects may nest. JSON Lines are read one at a time, an array as a whole. Blank lines are skipped.
    Raises DataError at the first record that is no JSON object in UTF-8, and where there is none at all.
    """
    lines = _filled_lines(path)
    head = list(itertools.islice(lines, 2))
    if not head:
        raise DataError(f"{path}:1: only blank lines; copy or download it again")
    number, first = head[0]
    if first.startswith(b"["):
        return _elements(path)
    one_a_line = path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")) or (
        len(head) == 2 and _is_object(first)
    )
    if one_a_line:
        return ((f"{path}:{n}", _object(line, path, n)) for n, line in itertools.chain(head, lines))
    return iter([(f"{path}:{number}", document(path))])


def records(path: Path, columns: Columns) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Place and cells of each row: those of `objects`, or of one object that holds its table by columns.

    By columns is {"a": {"0": v, …}, …} or {"a": [v, …], …}; its places are "file: record N", from 1.
    Raises DataError where `objects` does, or where a table by columns lacks one or has columns of unlike length.
    """
    all_objects = objects(path)
    head = list(itertools.islice(all_objects, 2))
    if len(head) == 1 and all(isinstance(value, dict | list) for value in head[0][1].values()):
        return _by_row(path, columns, *head[0])
    return itertools.chain(head, all_objects)


def _content(path: Path) -> bytes:
    text = content(path).removeprefix(BOM)
    try:
        files.check_elements(path, text)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    return text


def _filled_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(byte_lines(path), 1):
        text = line.removeprefix(BOM) if number == 1 else line
        if text.strip():
            yield number, text.strip()


def _is_object(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Object)
    except _NOT_JSON:
        return False
    return True


def _object(text: bytes, path: Path, first_line: int) -> Object:
    try:
        return msgspec.json.decode(text, type=Object)
    except _NOT_JSON as error:
        raise _not_json(text, path, first_line, error) from error


def _not_json(text: bytes, path: Path, first_line: int, error: Exception) -> DataError:
    """The error with the line of the first byte at fault, where msgspec tells it."""
    offset = 0
    byte = re.search(r"\(byte (\d+)\)", str(error))
    if byte is not None:
        offset = int(byte[1])
    elif "truncated" in str(error):
        offset = len(text.rstrip())
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        offset = wrong.start
    line = first_line + text.count(b"\n", 0, offset)
    return DataError(
        f"{path}:{line}: not a JSON object in UTF-8 ({error}); write one object to a line, or an array of objects"
    )


def _elements(path: Path) -> Iterator[tuple[str, Object]]:
    text = _content(path)
    try:
        elements = msgspec.json.decode(text, type=list[msgspec.Raw])
    except _NOT_JSON as error:
        raise _not_json(text, path, 1, error) from error
    if not elements:
        raise DataError(f"{path}:1: an array without objects; copy or download it again")
    line, end = 1, 0
    for element in map(bytes, elements):
        start = text.index(element, end)  # only commas and white space stand between two elements
        line += text.count(b"\n", end, start)
        yield f"{path}:{line}", _object(element, path, line)
        end = start + len(element)
        line += element.count(b"\n")


def _by_row(path: Path, columns: Columns, place: str, table: Object) -> Iterator[tuple[str, Object]]:
    columns.check(table, place)
    cells = {name: _by_index(table[name]) for name in columns.present(table).values()}
    first = next(iter(cells.values()), {})
    for name, column in cells.items():
        if column.keys() != first.keys():
            raise DataError(
                f"{place}: column {name} has {len(column)} cells where another has {len(first)}, or other keys; "
                "write one cell a row"
            )
    for number, index in enumerate(first, 1):
        yield f"{path}: record {number}", {name: column[index] for name, column in cells.items()}


def _by_index(column: object) -> Mapping[object, object]:
    if isinstance(column, dict):
        return column
    return dict(enumerate(column)) if isinstance(column, list) else {}
