"""What holds for every reader and shape: the round trip, any bytes, empty, missing and cut-off files."""

import csv
import gzip
import io
import json
import random

import openpyxl
import pytest
from files import put
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.datasets.readers import document, objects, refuse_blank, rows
from clue_lib.errors import DataError

COLUMNS = ("a", "b c")
KNOWN = set(COLUMNS)


def as_rows(path):
    return rows(path, COLUMNS)


def as_document(path):
    return [(f"{path}:1", document(path))]


READERS = {"rows": as_rows, "objects": objects, "document": as_document}


def delimited(table, delimiter, end, encoding="utf-8"):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([COLUMNS, *([row[name] for name in COLUMNS] for row in table)])
    return text.getvalue().encode(encoding)


def book(table):
    workbook = openpyxl.Workbook()
    for row in (COLUMNS, *([row[name] for name in COLUMNS] for row in table)):
        workbook.active.append(row)
        for cell in workbook.active[workbook.active.max_row]:
            cell.data_type = "s"  # else a text that starts with = is a formula
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def by_columns(table, column):
    return json.dumps({name: column([row[name] for row in table]) for name in COLUMNS}).encode()


WRITERS = {
    "csv": lambda table: delimited(table, ",", "\n"),
    "csv, CRLF and BOM": lambda table: b"\xef\xbb\xbf" + delimited(table, ",", "\r\n"),
    "tsv": lambda table: delimited(table, "\t", "\n"),
    "csv with semicolons": lambda table: delimited(table, ";", "\r\n"),
    "xlsx": book,
    "jsonl": lambda table: "\n".join(json.dumps(row, ensure_ascii=False) for row in table).encode(),
    "jsonl, CRLF and BOM": lambda table: b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(row).encode() for row in table),
    "array": lambda table: json.dumps(table).encode(),
    "indented array": lambda table: json.dumps(table, indent=2, ensure_ascii=False).encode(),
    "columns of objects": lambda table: by_columns(table, lambda cells: {str(i): c for i, c in enumerate(cells)}),
    "columns of lists": lambda table: by_columns(table, list),
}


def tables(letters):
    cells = dict.fromkeys(COLUMNS, st.text("ab01 ,;\t\n\"'{}[]|=" + letters, max_size=8))
    return st.lists(st.fixed_dictionaries(cells).filter(lambda row: any(row.values())))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@given(tables("é°–€鰵\u2028\U0001f9e0"))  # no carriage return, which XML does not keep
def test_every_shape_gives_back_the_rows_that_were_written(scratch, read, write, pack, table):
    path = put(scratch / "table", pack(write(table)))  # no suffix: told by content
    found = read(as_rows, path)
    if table:
        assert [row for _, row in found] == table
    else:
        assert isinstance(found, str)


@given(tables("éüß").filter(bool))  # E9, FC, DF: in UTF-8 bytes of 80 to BF would have to follow, so no line is both
def test_windows_1252_gives_back_the_rows_that_were_written(scratch, read, table):
    path = put(scratch / "table.csv", delimited(table, ",", "\r\n", "cp1252"))
    assert [row for _, row in read(as_rows, path)] == table


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "xlsx", "JSONL", "CSV"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_suffix_tells_what_content_leaves_open(tmp_path, suffix, packed, read):
    name = suffix.lower()
    cells = {"a": "[x", "b c": "1"}
    header = {"csv": "{a,", "tsv": "{a\t"}  # a header that looks like JSON
    content = WRITERS[{"json": "array"}.get(name, name)]([cells])
    if name in header:
        content = (header[name] + content.decode()).encode()
        content = content.replace(b"\n", {"csv": b"\n1,", "tsv": b"\n1\t"}[name], 1)
    path = put(tmp_path / f"f.{suffix}{packed}", gzip.compress(content) if packed else content)
    assert [row for _, row in read(as_rows, path)] == [cells]


GOOD = b'{"a": "1", "b c": "2"}'
PIECES = [GOOD, b"a,b c\n", b"1,2", b"\n", b"\r", b"{", b"}", b"[", b"]", b",", b'"', b'"a":', b"\xff", b"\xef\xbb\xbf"]
CONTENT = st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join)


@pytest.mark.parametrize("suffix", ["", ".csv", ".json", ".jsonl", ".xlsx"])
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(content=CONTENT, packed=st.booleans())
def test_any_bytes_are_records_or_one_line(scratch, read, reader, suffix, content, packed):
    path = put(scratch / f"any{suffix}", gzip.compress(content) if packed else content)
    found = read(reader, path)
    if reader is as_rows and not isinstance(found, str):
        assert found
        assert all(row.keys() == KNOWN and all(isinstance(cell, str) for cell in row.values()) for _, row in found)


PACKED = gzip.compress(b"\n".join([GOOD] * 50), mtime=0)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(start=st.integers(0, len(PACKED) - 1), new=st.binary(max_size=4), n_lost=st.integers(0, len(PACKED)))
def test_damaged_gzip_is_records_or_one_line(scratch, read, reader, start, new, n_lost):
    path = put(scratch / "damaged.jsonl.gz", PACKED[:start] + new + PACKED[start + n_lost :])
    read(reader, path)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_truncated_gzip_is_one_line_in_every_shape(tmp_path, read, write):
    # Random, since compression would leave next to nothing of a repetition.
    generator = random.Random(1)
    table = [{name: generator.randbytes(20).hex() for name in COLUMNS} for _ in range(100)]
    packed = gzip.compress(write(table))
    for n_left in (12, len(packed) // 2, len(packed) - 1):
        found = read(as_rows, put(tmp_path / "f.gz", packed[:n_left]))
        assert isinstance(found, str)
        assert "the gzip stream is cut off or damaged" in found


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("name", ["f.csv", "f.json", "f.jsonl.gz", "f.xlsx", "f"])
def test_empty_missing_and_folder_are_one_line(tmp_path, read, reader, name):
    for content in (b"", gzip.compress(b"")):
        assert read(reader, put(tmp_path / name, content)).startswith("1: the file is empty; ")
    assert read(reader, tmp_path / "missing") == " No such file or directory; check the file and its permissions"
    assert read(reader, tmp_path) == " Is a directory; check the file and its permissions"


def test_optional_columns_are_empty_where_absent(tmp_path, read):
    for content in (b"a,b c,x\n1,2,\n", b'{"a": "1", "b c": "2", "x": null}', b'{"a": ["1"], "b c": ["2"]}'):
        found = read(rows, put(tmp_path / "f", content), COLUMNS, ("x", "y|z"))
        assert [row for _, row in found] == [{"a": "1", "b c": "2", "x": "", "y": ""}]


def test_blank_cells_are_refused_on_request():
    row = {"a": " \n", "b": "", "c": "x"}
    refuse_blank(row, ("c",), "f:3")
    with pytest.raises(DataError, match=r"^f:3: a and b blank; each row needs a, b, c"):
        refuse_blank(row, ("a", "b", "c"), "f:3")


def test_errors_quote_nothing_of_the_file(tmp_path, read):
    secret = "SECRET"  # texts under an agreement stay off the terminal
    contents = [
        f"{secret},b\n1,2",
        f'a,b c\n1,"{secret}"x',
        f"a,b c\n{secret}",
        f'{{"{secret}": ["x"]}}',
        f"[{secret}]",
    ]
    contents += [f'{{"a": "{secret}", "b c": ["{secret}"]}}', f'{{"a": ["{secret}"], "b c": []}}']
    for content in contents:
        found = read(as_rows, put(tmp_path / "f", content.encode()))
        assert isinstance(found, str)
        assert secret not in found
