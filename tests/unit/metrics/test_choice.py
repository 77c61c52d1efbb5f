"""Accuracy against counts made by hand."""

from fractions import Fraction

from clue_lib.metrics import choice
from clue_lib.tasks import mednli

# By hand: whether the text names the gold label and no other.
ANSWERS = [
    ("entailment", "entailment", 1),
    ("Entailment.", "entailment", 1),
    ("neutral", "entailment", 0),
    ("entailment or neutral", "entailment", 0),
    ("neutral, clearly neutral", "neutral", 1),
    ("", "neutral", 0),
    ("I cannot tell", "contradiction", 0),
]


def test_accuracy_is_right_answers_by_hand_count(respond):
    values = choice.accuracy([respond(text, gold, parse=mednli.parse) for text, gold, _ in ANSWERS])
    assert values == [right for _, _, right in ANSWERS]
    assert Fraction(int(sum(values)), len(values)) == Fraction(3, 7)


def test_text_without_a_label_is_wrong_even_if_it_is_the_gold(respond):
    assert choice.accuracy([respond("maybe", "maybe", parse=mednli.parse)]) == [0.0]
