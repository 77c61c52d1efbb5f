"""Reading files: what is forgiven, and that all else is one line that names the file and its line."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.datasets.readers import json_lines, sheet
from clue_lib.errors import DataError

COLUMNS = ("a", "b")
GOOD = b'{"a": "1", "b": "2"}'
ROW = {"a": "1", "b": "2"}


def put(path, content):
    path.write_bytes(content)
    return path


def places_and_rows(found, path):
    return [(place.removeprefix(f"{path}:"), row) for place, row in found]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"", []),
        (b"\n \n", []),
        (GOOD, [("1", ROW)]),
        (GOOD + b"\n" + GOOD + b"\n", [("1", ROW), ("2", ROW)]),
        (b"\xef\xbb\xbf" + GOOD + b"\n", [("1", ROW)]),
        (GOOD + b"\r\n" + GOOD + b"\r\n", [("1", ROW), ("2", ROW)]),
        (b"\n\n" + GOOD + b"\n \t\n" + GOOD, [("3", ROW), ("5", ROW)]),
        (b' {"c": [null, 1], "b": "2", "a": "1"} ', [("1", ROW)]),
        ('{"a": "x\u2028y\\nz", "b": ""}'.encode(), [("1", {"a": "x\u2028y\nz", "b": ""})]),
    ],
)
def test_json_lines_gives_rows_with_their_places(tmp_path, content, rows):
    path = put(tmp_path / "f.jsonl", content)
    assert places_and_rows(json_lines(path, COLUMNS), path) == rows


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": "1", "b": "2"', "truncated"),
        (b"{'a': '1'}", "not a JSON object"),
        (GOOD + GOOD, "not a JSON object"),
        (b'["1", "2"]', "got `array`"),
        (b'"a"', "got `str`"),
        (b"null", "got `null`"),
        (b'{"a": "1"}', "column b is missing"),
        (b'{"a": 1, "b": "2"}', "column a is not text"),
        (b'{"a": "1", "b": null}', "column b is not text"),
        (b'{"a": ["1"], "b": "2"}', "column a is not text"),
        (b'{"a": "\xff", "b": "2"}', "UTF-8"),
        (b'{"a": "\\ud800", "b": "2"}', "surrogate|truncated"),
        ('{"a": "1", "b": "2"}'.encode("utf-16"), "UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "recursion"),
    ],
)
def test_json_line_that_is_no_row_is_one_line_that_names_it(tmp_path, content, problem):
    path = put(tmp_path / "f.jsonl", GOOD + b"\n\n" + content)
    with pytest.raises(DataError, match=problem) as caught:
        list(json_lines(path, COLUMNS))
    assert str(caught.value).startswith(f"{path}:3: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reader", [json_lines, sheet])
def test_missing_file_and_folder_are_one_line_that_names_it(tmp_path, reader):
    for path, problem in ((tmp_path / "missing", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(DataError, match=problem) as caught:
            list(reader(path, COLUMNS))
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


@given(st.lists(st.tuples(st.text(), st.text())), st.booleans())
def test_json_lines_gives_back_what_was_written(scratch, pairs, ascii_only):
    rows = [dict(zip(COLUMNS, pair, strict=True)) for pair in pairs]
    lines = [json.dumps(row, ensure_ascii=ascii_only) for row in rows]
    path = put(scratch / "written.jsonl", "\n".join(lines).encode())
    assert [row for _, row in json_lines(path, COLUMNS)] == rows


def read(reader, path):
    """The rows, or the text of the DataError."""
    try:
        return [row for _, row in reader(path, COLUMNS)]
    except DataError as error:
        return str(error)


def are_rows_or_one_line(found, path):
    if isinstance(found, str):
        return found.startswith(f"{path}:") and len(found.splitlines()) == 1
    return all(set(row) == set(COLUMNS) for row in found)


PIECES = [GOOD, b"\n", b"\r", b"{", b'"', b"\xff", b"\xef\xbb\xbf"]


@pytest.mark.parametrize("reader", [json_lines, sheet])
@given(st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_any_bytes_are_rows_or_a_data_error(scratch, reader, content):
    path = put(scratch / "any", content)
    assert are_rows_or_one_line(read(reader, path), path)


def book(path, *rows, sized=True):
    """A workbook of one sheet; only a `sized` one says how many columns it has, and pads its rows."""
    workbook = openpyxl.Workbook(write_only=not sized)
    worksheet = workbook.active or workbook.create_sheet()
    for row in rows:
        worksheet.append(row)
    workbook.save(path)
    return path


def with_part(path, name, change):
    """The workbook with one of its parts changed; None leaves the part out."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in parts.items():
            if content is not None:
                archive.writestr(each, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["a", "b"], ["1", "2"]], [("2", ROW)]),
        ([["b", "other", " a "], ["2", "x", "1"]], [("2", ROW)]),
        ([["a", "b", None], [1, 2]], [("2", ROW)]),
        ([["a", "b", "c"], [], ["1", "2"], [None, None, "c"], ["1", "2", "c"]], [("3", ROW), ("5", ROW)]),
        ([["a", "b"], ["x\ny", " é "]], [("2", {"a": "x\ny", "b": " é "})]),
        ([["a", "b"]], []),
    ],
)
def test_sheet_gives_rows_with_their_places(tmp_path, rows, found, sized):
    path = book(tmp_path / "f.xlsx", *rows, sized=sized)
    assert places_and_rows(sheet(path, COLUMNS), path) == found


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize(
    ("rows", "line", "problem"),
    [
        ([["a", "b"], ["1", "2"], ["1", None]], 3, "column b is missing"),
        ([["a", "b", "c"], [None, "2", "x"]], 2, "column a is missing"),
        ([["a", "c"], ["1", "2"]], 1, "no column b"),
        ([["A", "B"], ["1", "2"]], 1, "no column a, b"),
        ([[], ["a", "b"], ["1", "2"]], 1, "no column a, b"),
        ([], 1, "no column a, b"),
    ],
)
def test_sheet_that_lacks_cells_is_one_line_that_names_the_row(tmp_path, rows, line, problem, sized):
    path = book(tmp_path / "f.xlsx", *rows, sized=sized)
    with pytest.raises(DataError, match=problem) as caught:
        list(sheet(path, COLUMNS))
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert "\n" not in str(caught.value)


def test_only_the_first_sheet_is_read(tmp_path):
    workbook = openpyxl.Workbook()
    for worksheet, value in ((workbook.active, "1"), (workbook.create_sheet(), "9")):
        worksheet.append(["a", "b"])
        worksheet.append([value, "2"])
    workbook.save(tmp_path / "f.xlsx")
    assert [row for _, row in sheet(tmp_path / "f.xlsx", COLUMNS)] == [ROW]


def test_sheet_that_states_a_wrong_size_is_read_whole(tmp_path):
    path = book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"])
    with_part(path, SHEET, lambda xml: xml.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1"'))
    assert openpyxl.load_workbook(path, read_only=True).active.calculate_dimension() == "A1:A1"
    assert [row for _, row in sheet(path, COLUMNS)] == [ROW]


def test_workbook_that_openpyxl_warns_of_is_read_though_warnings_are_errors(tmp_path):
    path = book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"])
    styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    with_part(path, "xl/styles.xml", lambda _: styles)
    with pytest.warns(UserWarning, match="no stylesheet"):  # else this test could not fail
        openpyxl.load_workbook(path)
    assert [row for _, row in sheet(path, COLUMNS)] == [ROW]


def contents(workbook):
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def charts_only():
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    workbook.create_chartsheet()
    return contents(workbook)


NO_WORKBOOKS = {
    "empty": b"",
    "csv": b"a,b\n1,2\n",
    "web page": b"<html>\nsign in</html>",
    "empty zip": b"PK\x05\x06" + bytes(18),
    "cut off": contents(openpyxl.Workbook())[:-100],
    "no sheet of cells": charts_only(),
}


@pytest.mark.parametrize("content", NO_WORKBOOKS.values(), ids=NO_WORKBOOKS)
def test_file_that_is_no_workbook_is_one_line_that_names_it(tmp_path, content):
    path = put(tmp_path / "f.xlsx", content)
    with pytest.raises(DataError, match="not an Excel workbook") as caught:
        list(sheet(path, COLUMNS))
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


PARTS = [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]


@given(st.sampled_from(PARTS), st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 40))
def test_damaged_workbook_is_rows_or_a_data_error(scratch, part, start, new, n_lost):
    path = book(scratch / "damaged.xlsx", ["a", "b"], ["1", "2"])
    with_part(path, part, lambda xml: xml[:start] + new + xml[start + n_lost :])
    assert are_rows_or_one_line(read(sheet, path), path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml"])
def test_workbook_that_lacks_a_part_is_a_data_error(tmp_path, part):
    path = with_part(book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"]), part, lambda _: None)
    assert "not an Excel workbook" in read(sheet, path)
