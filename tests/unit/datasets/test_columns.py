"""Asking for columns: other names for one, cells as text, what is missing."""

import datetime

import pytest

from clue_lib.datasets.columns import Columns
from clue_lib.errors import DataError

COLUMNS = Columns(required=("a|A", "b"), optional=("c|C|cc",))


@pytest.mark.parametrize(
    ("record", "row"),
    [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": ""}),
        ({"A": "1", "b": "2", "cc": "3", "d": []}, {"a": "1", "b": "2", "c": "3"}),
        ({"A": "other", "a": "1", "b": "", "C": None}, {"a": "1", "b": "", "c": ""}),
        ({"a": 17, "b": 1.5, "c": -0}, {"a": "17", "b": "1.5", "c": "0"}),
        ({"a": 2**70, "b": None}, {"a": "1180591620717411303424", "b": "", "c": ""}),  # 2^70 by bc 1.07
    ],
)
def test_row_is_keyed_by_the_first_name_and_is_text(record, row):
    assert COLUMNS.row(record, "f:1") == row


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"b": "2"}, "no column a or A"),
        ({"c": "2"}, "no column a or A, b; needed"),
        ({"a": True, "b": "2"}, "column a holds a bool"),
        ({"A": ["1"], "b": "2"}, "column A holds a list"),
        ({"a": "1", "b": {}}, "column b holds a dict"),
        ({"a": "1", "b": "2", "cc": datetime.datetime(2020, 1, 2)}, "column cc holds a datetime"),
    ],
)
def test_row_that_lacks_a_column_or_holds_no_text_is_one_line(record, problem):
    with pytest.raises(DataError, match=f"^f:1: {problem}"):
        COLUMNS.row(record, "f:1")


def test_asked_for_column_that_stands_there_twice_is_refused_and_another_is_not():
    COLUMNS.check(["a", "b", "d", "d"], "f:1")
    for names in (["a", "b", "b"], ["A", "A", "b"], ["a", "b", "C", "C"]):
        with pytest.raises(DataError, match=r"^f:1: column \w occurs more than once"):
            COLUMNS.check(names, "f:1")
