"""Files as people have them, from the shared cases: each is read as expected, or refused in a line that says why."""

import ast

import pytest
from shared_cases import shared

from clue_lib.errors import DataError
from clue_lib.runs.planning import check_ids
from clue_lib.tasks import TASKS


def read(row, folder):
    given = row["input"]
    if isinstance(given, str):  # it describes a file that another row holds
        pytest.skip(given)
    content = given["content"]
    path = folder / given["file"]
    path.write_bytes(ast.literal_eval(content) if content.startswith("b'") else content.encode())
    examples = TASKS[row["kind"].partition(":")[2]].read(path)
    check_ids(examples, path)
    return examples


def refusal(row, folder):
    """The examples, or the error's text."""
    try:
        return read(row, folder), ""
    except DataError as error:
        return [], str(error)


@pytest.mark.parametrize("row", shared("reader"))
def test_shared_file(row, tmp_path):
    expected = row["expected"]
    examples, told = refusal(row, tmp_path)
    if told:
        assert "\n" not in told
        is_cut_in_the_case = "truncated" in told
        assert is_cut_in_the_case or "error" in expected or "told" in expected, told
        return
    assert examples
    assert expected not in ("error", "told")
    if "gold B" in expected or expected.startswith("B"):
        assert {example.gold for example in examples} == {"B"}
    if expected == "Café":
        assert examples[0].fields["question"].startswith("Café")
