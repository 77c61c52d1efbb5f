"""Unsupported numbers against values worked by hand."""

from dataclasses import replace

import pytest

from clue_lib.metrics import numbers
from clue_lib.types import Example

LIST = """Discharge medications:
1. Lisinopril 20 mg daily
2. Insulin glargine 38 units while on dexamethasone, then 30 units"""

# By hand: the source, the answer, the kinds of its unsupported numbers.
BY_HAND = [
    (LIST, "Lisinopril 20 mg.", []),
    (LIST, "Lisinopril 200 mg.", ["nowhere"]),
    (LIST, "Lisinopril 20 mcg.", ["another unit"]),
    (LIST, "Go back to 30 units of glargine.", []),
    (LIST, "1. Glargine\n2. Lisinopril", []),  # what counts a list's items is no number
    ("Sodium 121, potassium 2.8.", "Sodium 2.8.", ["another thing"]),
    ("Wait 2 weeks.", "Wait 14 days, then two weeks.", []),
    ("Creatinine 2.34.", "Creatinine 2.3.", []),  # rounded
    ("Creatinine 2.3.", "Creatinine 2.34.", ["nowhere"]),
    ("Go in at 160/110.", "Go in at 160/100.", ["nowhere"]),
    ("Seen on 3/14/2024.", "On March 14.", []),
    ("Seen on 3/14/2024.", "On March 15.", ["nowhere"]),
    ("Vitamin B12 and E11.9 and L5.", "Vitamin B6.", []),  # parts of names
    ("1,420 ng", "1420", []),
    ("No numbers.", "None either.", []),
]


@pytest.mark.parametrize(("source", "text", "kinds"), BY_HAND)
def test_kinds_worked_by_hand(source, text, kinds):
    asked = Example(id="x", cluster="x", fields={"note": source}, gold="-")
    assert [one.kind for one in numbers.unsupported(text, asked)] == kinds


def test_a_share_of_the_answers_numbers(respond):
    response = respond("5 mg, 7 mg, 9 mg and 11 mg", "-")
    asked = replace(response, example=replace(response.example, fields={"note": "5 mg, 7 mg, 9 mg"}))
    assert numbers.unsupported_numbers([asked]) == [1 / 4]
    assert numbers.n_unsupported([asked]) == [1]


def test_the_sources_own_number_is_told():
    asked = Example(id="x", cluster="x", fields={"note": "Lisinopril 20 mg."}, gold="-")
    (found,) = numbers.unsupported("Take lisinopril 200 mg.", asked)
    assert "Take lisinopril 200 mg."[found.answer] == "200 mg"
    assert "Lisinopril 20 mg."[found.source] == "20 mg"
