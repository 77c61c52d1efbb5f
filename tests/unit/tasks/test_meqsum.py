"""MeQSum: its spreadsheet, the same rows as JSON Lines, and the published file."""

import json

import openpyxl
import pytest

from clue_lib import datasets
from clue_lib.errors import DataError
from clue_lib.tasks import meqsum
from clue_lib.types import Example

HEADER = ["File", "CHQ", "Summary", None, None]  # the real sheet has two empty columns
ROWS = [["2.txt", "SUBJECT: gout\nMESSAGE: my toe hurts", " What is gout?\n"], ["1.txt", "Help", "Where is help?"]]
EXAMPLES = [
    Example(
        id="2.txt",
        cluster="2.txt",
        fields={"message": "SUBJECT: gout\nMESSAGE: my toe hurts"},
        gold="What is gout?",
    ),
    Example(id="1.txt", cluster="1.txt", fields={"message": "Help"}, gold="Where is help?"),
]


def book(path, *rows):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_rows_of_the_real_shape_are_examples_in_the_files_order(tmp_path):
    assert meqsum.read(book(tmp_path / "f.xlsx", HEADER, *ROWS)) == EXAMPLES


def test_json_lines_of_the_same_columns_are_the_same_examples(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text("\n".join(json.dumps(dict(zip(HEADER, row, strict=False))) for row in ROWS))
    assert meqsum.read(path) == EXAMPLES


def test_row_without_a_summary_is_one_line_that_names_its_place(tmp_path):
    path = book(tmp_path / "f.xlsx", HEADER, *ROWS, ["3.txt", "Help"])
    with pytest.raises(DataError, match="Summary blank") as caught:
        meqsum.read(path)
    assert str(caught.value).startswith(f"{path}:4: ")


@pytest.mark.parametrize("column", ["CHQ", "Summary"])
def test_blank_cell_is_one_line_that_names_its_place(tmp_path, column):
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps(dict(zip(HEADER[:3], ROWS[0], strict=True)) | {column: " \n"}))
    with pytest.raises(DataError, match="blank") as caught:
        meqsum.read(path)
    assert str(caught.value).startswith(f"{path}:1: ")


def test_published_file_has_a_thousand_questions(shared_data):
    source = datasets.find("meqsum", shared_data)
    examples = meqsum.read(source.path)
    assert (source.tier, source.label) == ("public", "official")
    assert len(examples) == len({example.id for example in examples}) == 1000  # Ben Abacha and Demner-Fushman 2019
    assert examples[0].gold == "Who manufactures cetirizine?"  # the cell C2, read with unzip from its XML
