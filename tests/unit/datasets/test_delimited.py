"""CSV and its kin: quoting, delimiters, line numbers, ragged rows; and that a long file is not held in memory."""

import csv
import gzip
import tracemalloc

import pytest
from files import put

from clue_lib.datasets.readers import rows

COLUMNS = ("a", "b")
ROW = {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"a,b\n1,2\n", [("2", ROW)]),
        (b"a,b\r\n1,2", [("2", ROW)]),
        (b"\xef\xbb\xbfb, a ,c\n2,1,x\n", [("2", ROW)]),
        (b"a\tb\n1\t2\n", [("2", ROW)]),
        (b"a;b\n1;2\n", [("2", ROW)]),
        (b'a;"b"\n"1";2\n', [("2", ROW)]),
        (b"a,b\n\n1,2\n\r\n,\n1,2\n", [("3", ROW), ("6", ROW)]),
        (b'a,b\n"1\n\nx","2"\n1,2\n', [("2", {"a": "1\n\nx", "b": "2"}), ("5", ROW)]),
        (b'a,b\n"1, ""one""\r\n;",\n', [("2", {"a": '1, "one"\r\n;', "b": ""})]),
        (b'a,b\n5" cut, 2 \n', [("2", {"a": '5" cut', "b": " 2 "})]),
        ("a,b\né,–\n".encode("cp1252"), [("2", {"a": "é", "b": "–"})]),
        ("a,b\né,–\n".encode(), [("2", {"a": "é", "b": "–"})]),
        (b"a,b,\n1,2,\n", [("2", ROW)]),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_csv_gives_rows_with_the_line_they_start_at(tmp_path, read, content, found, pack):
    assert read(rows, put(tmp_path / "f.csv", pack(content)), COLUMNS) == found


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a,b\n1,2\n1\n", "3: 1 cells where the header has 2"),
        (b'a,b\n"1\n",2\n1,2,3\n', "4: 3 cells where the header has 2"),
        (b"a,c\n1,2\n", "1: no column b"),
        (b"\na,b\n1,2\n", "1: no column a, b"),
        (b"1,2\n1,2\n", "1: no column a, b"),
        (b"a,b,a\n1,2,3\n", "1: column a occurs more than once"),
        (b'a,b\n1,2\n"1,2\n1,2\n', "3: no row of cells (unexpected end of data)"),
        (b'a,b\n"1"x,2\n', "2: no row of cells (',' expected after '\"')"),
        (b"a,b\n1\r2,3\n", "2: no row of cells (new-line character seen in unquoted field)"),
        (b"a,b\n", "1: no rows"),
        (b"a,b\n,\n\n", "1: no rows"),
    ],
)
def test_csv_that_breaks_its_shape_is_one_line_that_names_the_row(tmp_path, read, content, problem):
    assert read(rows, put(tmp_path / "f.csv", content), COLUMNS).startswith(problem)


def test_cell_longer_than_the_csv_modules_own_limit_is_read(tmp_path, read):
    cell = "x" * 200_000  # the module's default limit is 131,072
    assert read(rows, put(tmp_path / "f.csv", f"a,b\n{cell},2\n".encode()), COLUMNS) == [("2", {"a": cell, "b": "2"})]


@pytest.mark.parametrize("name", ["f.csv.gz", "f.jsonl.gz"])
def test_memory_does_not_grow_with_the_file(tmp_path, name):
    header, line = (b"a,b\n", b"1,%s\n") if "csv" in name else (b"", b'{"a": "1", "b": "%s"}\n')
    path = put(tmp_path / name, gzip.compress(header + line % (b"x" * 10_000) * 2000))  # 20 MB
    tracemalloc.start()
    try:
        assert sum(len(row["b"]) for _, row in rows(path, COLUMNS)) == 20_000_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
        csv.field_size_limit(131_072)


TEST = ["File ID", "Subjectives", "Objectives", "Assessment", "Summary"]  # BioNLP 2023 1A, the test file's header
TRAIN = ["File ID", "Assessment", "Summary", "Subjective Sections", "Objective Sections"]  # and the training file's
PROBSUM = ("File ID", "Subjectives|Subjective Sections", "Objectives|Objective Sections", "Assessment", "Summary")


@pytest.mark.parametrize("header", [TEST, TRAIN])
def test_both_headers_of_the_problem_lists_are_one_table(tmp_path, read, header):
    note = {"File ID": "1.txt", "Assessment": "AKI\non CKD", "Summary": "AKI; CKD"}
    cells = note | {"Subjectives": "", "Objectives": "Cr 2.1"}
    cells |= {"Subjective Sections": "", "Objective Sections": "Cr 2.1"}
    with (tmp_path / "f.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerow(cells)
    assert read(rows, tmp_path / "f.csv", PROBSUM) == [("2", note | {"Subjectives": "", "Objectives": "Cr 2.1"})]


def test_stand_in_for_the_problem_lists_is_read(shared_data, read):
    found = read(rows, shared_data / "standins/problem_summary/BioNLP2023-1A-Test.csv", PROBSUM)
    assert len(found) == 60  # by the data's README
    assert found[0][1]["File ID"] == "clef_taskC_test3-D2N171"  # by `head -2`
