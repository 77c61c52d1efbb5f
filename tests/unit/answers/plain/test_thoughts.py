"""What of a text is no thought, with its places; how thoughts are marked is tried in tests/unit/models."""

import pytest

from clue_lib.answers.plain import thoughts
from clue_lib.answers.plain.mapped import Mapped
from clue_lib.models.thoughts import known_pairs


def outside(text):
    cut = thoughts.cut(Mapped.of(text))
    return None if cut is None else cut.text.strip()


@pytest.mark.parametrize(("opening", "closing"), known_pairs())
def test_each_pair(opening, closing):
    assert outside(f"{opening}It is A.{closing}C") == "C"
    assert outside(f"It is A.{closing}C") == "C"
    assert outside(f"{opening}It is A.") is None


def test_what_is_left_knows_where_it_stood():
    cut = thoughts.cut(Mapped.of("<think>A</think>C"))
    assert cut.text == "\nC"
    assert cut.span(1, 2) == (16, 17)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>a</think>C<think>b</think>", "C"),
        ("<think>a</think>\n<think>b</think>\nC", "C"),
        ("<think>a<think>b</think>C", "C"),
        ("a</think>b</think>C", "C"),
        ("A <think>a</think> C", "A \n C"),
        ("<think></think>", ""),
        ("</think>", ""),
        ("", ""),
        ("C", "C"),
        ("<thin>C", "<thin>C"),
        ("I think it is C", "I think it is C"),
        ("<think>a</think>C<think>b", None),
        ("a</think>C<think>b", None),
    ],
)
def test_several_and_none(text, answer):
    assert outside(text) == answer
