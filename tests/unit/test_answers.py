"""Reading answers: what is one label, what is none or several, and that no text makes a parser raise."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.types import Example, Parsed, Unparsed

YES_OR_NO = {"yes": re.compile(r"\byes\b", re.IGNORECASE), "no": re.compile(r"\bnot?\b", re.IGNORECASE)}
TEXTS = st.text() | st.lists(st.sampled_from(["yes", "YES", "no", "Not", "yesno", ",", "\n", "é"])).map(" ".join)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", Parsed(value="yes")),
        ("  Yes.\n", Parsed(value="yes")),
        ("I would say NOT.", Parsed(value="no")),
        ("yes, yes and yes", Parsed(value="yes")),
        ("yes or no", Unparsed(reason="several labels")),
        ("yesterday", Unparsed(reason="no label")),
        ("?", Unparsed(reason="no label")),
        ("", Unparsed(reason="empty")),
        (" \n\t", Unparsed(reason="empty")),
    ],
)
def test_label_is_the_only_one_named(text, answer):
    assert answers.label(text, YES_OR_NO) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("\n What is gout? \n", Parsed(value="What is gout?")),
        ("two\nlines", Parsed(value="two\nlines")),
        ("\u00a0\n", Unparsed(reason="empty")),
    ],
)
def test_free_text_is_the_text_without_surrounding_space(text, answer):
    assert answers.free_text(text) == answer


@given(TEXTS)
def test_label_of_any_text_is_a_known_one_or_a_reason(text):
    answer = answers.label(text, YES_OR_NO)
    known = {"no label", "several labels", "empty"}
    assert answer.value in YES_OR_NO if isinstance(answer, Parsed) else answer.reason in known


@given(TEXTS)
def test_a_label_reads_as_itself(text):
    answer = answers.label(text, YES_OR_NO)
    assert isinstance(answer, Unparsed) or answers.label(answer.value, YES_OR_NO) == answer


@given(TEXTS)
def test_free_text_loses_only_surrounding_space_and_reads_as_itself(text):
    answer = answers.free_text(text)
    if isinstance(answer, Unparsed):
        assert text.isspace() or text == ""
    else:
        before, after = text.split(answer.value, 1)
        assert (before + after).strip() == ""
        assert answers.free_text(answer.value) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("e119, I10, E11.9", Parsed(value=("E11.9", "I10"))),
        ("Z99.999", Parsed(value=("Z99.999",))),  # no code of the release
        ("vitamin B12", Unparsed(reason="no code")),
        ("", Unparsed(reason="empty")),
        (" \n\t", Unparsed(reason="empty")),
    ],
)
def test_icd_codes_are_the_distinct_ones_named(text, answer):
    assert answers.icd_codes(text) == answer
    assert answers.icd_codes(text, Example(id="1", cluster="1", fields={}, gold=("I10",))) == answer


@given(
    TEXTS | st.lists(st.sampled_from(["I10", "e119", "W19.XXXA", "B12", "N17.-", " ", ", ", "\n", "("])).map("".join)
)
def test_icd_codes_read_as_themselves(text):
    answer = answers.icd_codes(text)
    assert isinstance(answer, Unparsed) or answers.icd_codes(", ".join(answer.value)) == answer
