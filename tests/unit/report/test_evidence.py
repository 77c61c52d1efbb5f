"""Where an answer was read, in words; places are counted from 1, as an editor does."""

import pytest

from clue_lib import answers
from clue_lib.report.evidence import around, read_from
from clue_lib.types import Example, Parsed

QUESTION = Example(id="1", cluster="1", fields={}, gold="A", options=("gout", "asthma", "sepsis"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A is wrong.\nSo the answer is **C**.", "concluded, characters 32 to 32: So the answer is **⟨C⟩**."),
        ("I cannot say.", "no option"),
        ("", "empty"),
        ("<think>It is C", "its thought never ended"),
    ],
)
def test_it_names_the_rule_the_place_and_the_line(text, told):
    assert read_from(text, answers.option(text, QUESTION)).split("; also named")[0] == told


def test_it_tells_what_else_is_named_each_once_and_the_first_few():
    text = "A is wrong. A is wrong. B is wrong. The answer is C."
    assert read_from(text, answers.option(text, QUESTION)).endswith("; also named: A (denied), B (denied)")
    many = ("a1", "b2", "c3", "d4", "e5", "f6", "g7")
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCDEFG", many, strict=True))
    read = answers.option(listed, Example(id="1", cluster="1", fields={}, gold="A", options=many))
    assert read_from(listed, read).count("(") == 5
    assert read_from(listed, read).endswith(", …")


def test_codes_are_told_by_their_place_alone():
    text = "Codes: I10, E11.9."
    assert read_from(text, answers.icd_codes(text)) == "every code, characters 8 to 17: Codes: ⟨I10, E11.9⟩."


def test_an_answer_without_evidence_has_no_place():
    assert read_from("C", Parsed(value="C")) == ""


def test_what_is_shown_is_one_short_line():
    assert around("x" * 500 + "C" + "y" * 500, 500, 501) == "x" * 60 + "⟨C⟩" + "y" * 60
    assert around("a\nb C d\ne", 4, 5) == "b ⟨C⟩ d"
    assert around("\x1b[31mC", 5, 6) == "⟨C⟩"
    assert len(around("C" * 500, 0, 500)) == 122
