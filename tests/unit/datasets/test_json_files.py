"""JSON in its four shapes: an object a line, an array, by columns, one document."""

import gzip
import json

import pytest
from files import put

from clue_lib.datasets.readers import document, objects, rows

COLUMNS = ("a", "b")
GOOD = b'{"a": "1", "b": "2"}'
ROW = {"a": "1", "b": "2"}


def indented(value):
    return json.dumps(value, indent=1).encode()


@pytest.mark.parametrize("name", ["f.jsonl", "f.json", "f"])
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (GOOD, [("1", ROW)]),
        (GOOD + b"\n" + GOOD + b"\n", [("1", ROW), ("2", ROW)]),
        (b"\xef\xbb\xbf" + GOOD + b"\r\n" + GOOD + b"\r\n", [("1", ROW), ("2", ROW)]),
        (b"\n\n" + GOOD + b"\n \t\n" + GOOD, [("3", ROW), ("5", ROW)]),
        (b' {"c": [null, 1], "b": 2, "a": "1"} ', [("1", ROW)]),
        ('{"a": "x\u2028y\\nz", "b": null}'.encode(), [("1", {"a": "x\u2028y\nz", "b": ""})]),
        (b"[" + GOOD + b"," + GOOD + b"]", [("1", ROW), ("1", ROW)]),
        (b"\xef\xbb\xbf\n" + indented([ROW, ROW | {"c": [1, [{}]]}, ROW]), [("3", ROW), ("7", ROW), ("17", ROW)]),
        (b'{"a": {"0": "1", "7": 1}, "b": {"7": "2", "0": "2"}}', [(" record 1", ROW), (" record 2", ROW)]),
        (b'{"a": ["1", "1"], "c": [], "b": ["2", 2]}\n', [(" record 1", ROW), (" record 2", ROW)]),
    ],
)
def test_flat_json_gives_rows_with_their_places(tmp_path, read, name, content, found):
    assert read(rows, put(tmp_path / name, content), COLUMNS) == found


@pytest.mark.parametrize("table", [{"a": ["1", None], "b": ["2", None]}, ROW])
def test_lone_object_over_several_lines_is_a_table_or_a_row(tmp_path, read, table):
    assert [row for _, row in read(rows, put(tmp_path / "f.json", indented(table)), COLUMNS)] == [ROW]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": "1", "b": "2"', "truncated"),
        (b"{'a': '1'}", "not a JSON object"),
        (GOOD + GOOD, "trailing characters"),
        (b'["1", "2"]', "got `array`"),
        (b'"a"', "got `str`"),
        (b"null", "got `null`"),
        (b'{"a": "1"}', "no column b"),
        (b'{"a": true, "b": "2"}', "column a holds a bool"),
        (b'{"a": ["1"], "b": "2"}', "column a holds a list"),
        (b'{"a": NaN, "b": "2"}', "invalid character"),
        (b'{"a": 1e999, "b": "2"}', "out of range"),
        (b'{"a": "\xff", "b": "2"}', "UTF-8"),
        (b'{"a": "\\ud800", "b": "2"}', "surrogate|truncated"),
        ('{"a": "1", "b": "2"}'.encode("utf-16"), "UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "recursion"),
    ],
)
def test_json_line_that_is_no_row_is_one_line_that_names_it(tmp_path, read, content, problem):
    found = read(rows, put(tmp_path / "f.jsonl", GOOD + b"\n\n" + content), COLUMNS)
    assert isinstance(found, str)
    assert found.startswith("3: ")
    assert any(each in found for each in problem.split("|"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[]", "1: an array without objects"),
        (b"\n[\n]", "1: an array without objects"),
        (b"[\n" + GOOD + b",\n3]", "3: not a JSON object in UTF-8 (Expected `object`, got `int`)"),
        (b"[\n" + GOOD + b',\n{"a": "1"}]', "3: no column b"),
        (b"[\n" + GOOD + b',\n{"a": "1",\n"b": "\xff"}]', "4: not a JSON object in UTF-8"),
        (b"[\n" + GOOD + b",\n{,}]", "3: not a JSON object in UTF-8 (JSON is malformed"),
        (b"[\n" + GOOD + b",\n\n", "2: not a JSON object in UTF-8 (Input data was truncated)"),
        (b"[" * 200_000, "1: not a JSON object in UTF-8 (maximum recursion depth"),
        (b'{"a": ["1"], "b": []}', "1: column b has 0 cells where another has 1,"),
        (b'{"a": {"0": "1"}, "b": ["2"]}', "1: column b has 1 cells where another has 1, or other keys"),
        (b'{"a": ["1"]}', "1: no column b"),
        (b'{"a": [], "b": []}', "1: no rows"),
        (b"{}", "1: no column a, b"),
        (b'{"a": [[]], "b": ["2"]}', " record 1: column a holds a list"),
        (b'{\n"a": tru}', "2: not a JSON object in UTF-8"),
        (b'{\n"a": 1\n', "2: not a JSON object in UTF-8 (Input data was truncated)"),
        (b"\n \n", "1: only blank lines"),
        (b"a,b\n1,2\n", "1: not a JSON object"),
    ],
)
def test_json_of_another_shape_is_one_line_that_names_it(tmp_path, read, content, problem):
    assert read(rows, put(tmp_path / "f.json", content), COLUMNS).startswith(problem)


NESTED = {"hadm_id": 7, "icd_codes": [{"code": "I10"}], "options": {"A": "x"}}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("write", [indented, lambda value: b"\n".join(json.dumps(each).encode() for each in value)])
def test_nested_objects_come_from_lines_and_arrays(tmp_path, read, write, pack):
    found = read(objects, put(tmp_path / "f.json", pack(write([NESTED, NESTED]))))
    assert [each for _, each in found] == [NESTED, NESTED]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_document_is_the_one_object(tmp_path, pack):
    path = put(tmp_path / "f.json", pack(b"\xef\xbb\xbf" + indented(NESTED)))
    assert document(path) == NESTED


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[{}]", "1: not a JSON object in UTF-8 (Expected `object`, got `array`)"),
        (b"{}\n{}", "2: not a JSON object in UTF-8 (JSON is malformed: trailing"),
        (b'{\n"a": "\xe9"}', "2: not a JSON object in UTF-8"),
        (b"\n", "1: not a JSON object in UTF-8 (Input data was truncated)"),
    ],
)
def test_file_that_is_no_document_is_one_line_that_names_it(tmp_path, read, content, problem):
    assert read(document, put(tmp_path / "f.json", content)).startswith(problem)


def test_stand_in_for_the_coded_letters_is_read(shared_data, read):
    path = shared_data / "standins/medisumcode/MeDiSumCode.json"
    found = read(objects, path)
    assert len(found) == 120  # by the data's README
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all(lines[int(place) - 1].strip() == "{" for place, _ in found)
