"""Which mentions are items of a list that a text goes through; read by hand."""

import pytest

from clue_lib.answers.mentions import options as mentions
from clue_lib.answers.mentions.option_texts import prepared
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.plain import normalise

OPTIONS = prepared(("gout", "asthma", "sepsis", "stroke", "angina"))


def listed(text, *, is_cut=False):
    """The letters of the items, in the text's order."""
    named = mentions.find(Passage.of(normalise(text), is_cut=is_cut), OPTIONS)
    return "".join(each.values[0] for each in named if each.said == "listed")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("A: 10%\nB: 20%\nC: 70%", "ABC"),
        ("A. gout\nB. asthma", "AB"),
        ("- A) gout\n- B) asthma", "AB"),
        ("1. A: x\n2. B: y", "AB"),
        ("Option A: x\nOption B: y", "AB"),
        ("(A) x\n(B) y", "AB"),
        ("A = 1\nB = 2", "AB"),
        ("A - x\nB - y", "AB"),
        ("A: 10%, B: 20%, C: 70%", "ABC"),
        ("A=10% B=20%", "AB"),
        ("A) x B) y", "AB"),
        ("A. Hm. B. Hm.", "AB"),
        ("| A | x |\n| B | y |", "AB"),
        # What is called right or wrong is no open item.
        ("A: no\nB: x\nC: yes", "B"),
        ("A. Incorrect. B. Incorrect. C. Correct.", ""),
        # No list: one item, letters that go back, an explanation behind an answer.
        ("A: x", ""),
        ("C: x\nA: y", ""),
        ("C. sepsis\nA: x\nB: y", "AB"),
        ("C. sepsis\nD: x", "D"),
        ("C: x\nD: y", "CD"),
        ("A. gout\nExplanation:\nB: x", ""),
        ("A\nC", ""),
        ("A. x with E. coli", ""),
        ("He said A: x\nand B: y", ""),
        ("A: x\nThe answer is B: y", ""),
        ("The answer is A.\nB: x\nC: y", "BC"),
        # One item that is announced.
        ("Let me see each option:\nA. gout", "A"),
        ("Here they are:\nA. gout", "A"),
        ("The options, one by one. A. gout", ""),
        ("Let me see the options.\nA. gout", "A"),
        ("Of the options\nA. gout", ""),
        ("Here they are:\nB. asthma", ""),
        ("The options again. The answer is C.\nA. gout", ""),
        ("A. gout would cause", "A"),
        ("A. gout would cause pain.", ""),
        ("A. gout because of pain", ""),
        ("A. gout", ""),
        ("B. asthma would cause", ""),
        # The letter with which a text breaks off.
        ("A. gout\nB. asthma\nC", "ABC"),
        ("A. gout\nB. asthma\nC.", "ABC"),
        ("A. gout\nB. asthma\nA", "AB"),
        ("A. gout\nB. asthma\nD", "AB"),
        ("A. gout\nB. asthma\nC it is", "AB"),
        ("A: no\nB: no\nC", ""),
        # Own texts behind bullets.
        ("These were seen:\n- gout\n- asthma", "AB"),
        ("These were seen:\n1. gout", "A"),
        ("These were seen.\n- gout", ""),
        ("These were seen:\ngout", ""),
    ],
)
def test_items(text, items):
    assert listed(text) == items


def test_a_letter_behind_denied_items_is_one_where_the_limit_cut_the_text():
    assert listed("A: no\nB: no\nC", is_cut=True) == "C"


def test_an_inline_item_needs_something_behind_it():
    assert listed("A: x, B:") == ""
    assert listed("A: x, B: y") == "AB"
