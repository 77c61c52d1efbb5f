"""What holds for the labels of any text; which label a text picks is listed with MedNLI, whose labels they are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.tasks.mednli import LABELS
from clue_lib.types import Parsed

PIECES = [
    "neutral",
    "Entails",
    "contradiction",
    "not",
    "no",
    "n't",
    "answer:",
    "it is",
    "or",
    "and",
    ",",
    ".",
    "?",
    "\n",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join)


@given(TEXTS)
def test_any_text_reads_as_a_label_that_it_names_or_has_a_reason(text):
    answer = answers.label(text, LABELS)
    if isinstance(answer, Parsed):
        assert LABELS[answer.value].search(text)
        assert answers.label(answer.value, LABELS) == answer
    else:
        assert answer.reason in {"empty", "no label", "several labels"}


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("shape", ["not {}", "It is not {}.", "neither {} nor gout", "no {}", "{} is wrong", "non-{}"])
def test_a_denied_label_is_no_pick(shape, label):
    assert not isinstance(answers.label(shape.format(label), LABELS), Parsed)


# Were all text before a label looked at, these would take 10^11 steps, hours; looking back 200 characters takes 3 s.
@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["neutral ", "not neutral ", "no contradiction or ", "answer: ", "the ", "not ", " \n"]
)
def test_a_megabyte_takes_seconds(unit):
    start = time.perf_counter()
    answers.label(unit * (10**6 // len(unit)), LABELS)
    assert time.perf_counter() - start < 20
