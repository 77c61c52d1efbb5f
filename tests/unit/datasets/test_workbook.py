"""Excel workbooks: what a sheet's cells become, what a damaged workbook says."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from files import put
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.datasets.readers import rows

COLUMNS = ("a", "b")
ROW = {"a": "1", "b": "2"}


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
    ("cells", "found"),
    [
        ([["a", "b"], ["1", "2"]], [("2", ROW)]),
        ([["b", "other", " a "], ["2", "x", "1"]], [("2", ROW)]),
        ([["a", "b", None], [1, 2]], [("2", ROW)]),
        ([["a", "b", "c"], [], ["1", "2"], [None, None, "c"], ["1", "2", "c"]], [("3", ROW), ("5", ROW)]),
        ([["a", "b"], ["x\ny", " é "]], [("2", {"a": "x\ny", "b": " é "})]),
        ([["a", "b"], ["1", None], ["", "2"]], [("2", {"a": "1", "b": ""}), ("3", {"a": "", "b": "2"})]),
    ],
)
def test_sheet_gives_rows_with_their_places(tmp_path, read, cells, found, sized):
    path = book(tmp_path / "f.xlsx", *cells, sized=sized)
    assert read(rows, path, COLUMNS) == found


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize(
    ("cells", "line", "problem"),
    [
        ([["a", "b"]], 1, "no rows"),
        ([["a", "b"], ["1", "2"], ["1", True]], 3, "column b holds a bool"),
        ([["a", "b"], [datetime.date(2020, 1, 2), "2"]], 2, "column a holds a datetime"),
        ([["a", "b", "b"], ["1", "2", "2"]], 1, "column b occurs more than once"),
        ([["a", "c"], ["1", "2"]], 1, "no column b"),
        ([["A", "B"], ["1", "2"]], 1, "no column a, b"),
        ([[], ["a", "b"], ["1", "2"]], 1, "no column a, b"),
        ([], 1, "no column a, b"),
    ],
)
def test_sheet_that_lacks_cells_is_one_line_that_names_the_row(tmp_path, read, cells, line, problem, sized):
    path = book(tmp_path / "f.xlsx", *cells, sized=sized)
    assert read(rows, path, COLUMNS).startswith(f"{line}: {problem}")


def test_only_the_first_sheet_is_read(tmp_path):
    workbook = openpyxl.Workbook()
    for worksheet, value in ((workbook.active, "1"), (workbook.create_sheet(), "9")):
        worksheet.append(["a", "b"])
        worksheet.append([value, "2"])
    workbook.save(tmp_path / "f.xlsx")
    assert [row for _, row in rows(tmp_path / "f.xlsx", COLUMNS)] == [ROW]


def test_sheet_that_states_a_wrong_size_is_read_whole(tmp_path):
    path = book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"])
    with_part(path, SHEET, lambda xml: xml.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1"'))
    assert openpyxl.load_workbook(path, read_only=True).active.calculate_dimension() == "A1:A1"
    assert [row for _, row in rows(path, COLUMNS)] == [ROW]


def test_workbook_that_openpyxl_warns_of_is_read_though_warnings_are_errors(tmp_path):
    path = book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"])
    styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    with_part(path, "xl/styles.xml", lambda _: styles)
    with pytest.warns(UserWarning, match="no stylesheet"):  # else this test could not fail
        openpyxl.load_workbook(path)
    assert [row for _, row in rows(path, COLUMNS)] == [ROW]


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
    "csv": b"a,b\n1,2\n",
    "web page": b"<html>\nsign in</html>",
    "empty zip": b"PK\x05\x06" + bytes(18),
    "cut off": contents(openpyxl.Workbook())[:-100],
    "no sheet of cells": charts_only(),
}


@pytest.mark.parametrize("content", NO_WORKBOOKS.values(), ids=NO_WORKBOOKS)
def test_file_that_is_no_workbook_is_one_line_that_names_it(tmp_path, read, content):
    assert read(rows, put(tmp_path / "f.xlsx", content), COLUMNS).startswith(" not an Excel workbook")


PARTS = [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]


@given(st.sampled_from(PARTS), st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 40))
def test_damaged_workbook_is_rows_or_a_data_error(scratch, read, part, start, new, n_lost):
    path = book(scratch / "damaged.xlsx", ["a", "b"], ["1", "2"])
    with_part(path, part, lambda xml: xml[:start] + new + xml[start + n_lost :])
    read(rows, path, COLUMNS)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml"])
def test_workbook_that_lacks_a_part_is_a_data_error(tmp_path, read, part):
    path = with_part(book(tmp_path / "f.xlsx", ["a", "b"], ["1", "2"]), part, lambda _: None)
    assert "not an Excel workbook" in read(rows, path, COLUMNS)
