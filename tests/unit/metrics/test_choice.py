"""Accuracy, F1 and the parts of a drop against counts made by hand and scikit-learn 1.9; collapse and inventions."""

import dataclasses
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from clue_lib import answers
from clue_lib.metrics import METRICS, choice
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
OPTIONS = ("gout", "pain", "rash", "cough", "fever", "cannot be answered")
PAIRS = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["A", "B", "C", "D", "A or B", ""])), min_size=1)


def pick(respond, text, gold="A", options=OPTIONS):
    return respond(text, gold, parse=answers.option, options=options)


def run(respond, texts, golds):
    """One response per example; ids tell the examples apart."""
    responses = [pick(respond, text, gold) for text, gold in zip(texts, golds, strict=True)]
    return [
        dataclasses.replace(response, example=dataclasses.replace(response.example, id=str(n)))
        for n, response in enumerate(responses)
    ]


def macro_f1(responses):
    return float(choice.macro_f1(choice.label_counts(responses).sum(axis=0)))


def test_accuracy_is_right_answers_by_hand_count(respond):
    responses = [respond(text, gold, parse=mednli.parse) for text, gold, _ in ANSWERS]
    values = choice.accuracy(responses)
    assert values == [right for _, _, right in ANSWERS]
    assert Fraction(int(sum(values)), len(values)) == Fraction(3, 7)
    assert choice.parsed_share(responses) == [1, 1, 1, 0, 1, 0, 0]


def test_text_without_a_label_is_wrong_even_if_it_is_the_gold(respond):
    assert choice.accuracy([respond("maybe", "maybe", parse=mednli.parse)]) == [0.0]


def test_macro_f1_by_hand(respond):
    # entailment: TP 2, FN 2 (neutral; unreadable) → 4/6. neutral: TP 1, FP 1, FN 1 → 2/4. contradiction: FN 1 → 0.
    responses = [respond(text, gold, parse=mednli.parse) for text, gold, _ in ANSWERS]
    assert macro_f1(responses) == pytest.approx((4 / 6 + 2 / 4 + 0) / 3)
    # Columns: true positives of contradiction, entailment, neutral; then false positives; then false negatives.
    assert choice.label_counts(responses).sum(axis=0).tolist() == [0, 2, 1, 0, 0, 1, 1, 2, 1]
    assert METRICS["macro_f1"].score(responses) == METRICS["accuracy"].score(responses)


def test_macro_f1_of_nothing_is_0():
    assert choice.label_counts([]).shape == (0, 0)
    assert choice.macro_f1(choice.label_counts([]).sum(axis=0)) == 0


@given(PAIRS)
def test_same_as_scikit_learn_with_unparsed_as_a_wrong_label(respond, pairs):
    golds, texts = zip(*pairs, strict=True)
    responses = [pick(respond, text, gold) for gold, text in pairs]
    given_ = [text if len(text) == 1 else "unparsed" for text in texts]
    expected = f1_score(golds, given_, labels=sorted(set(golds)), average="macro", zero_division=0)
    assert macro_f1(responses) == pytest.approx(expected)
    assert np.mean(choice.accuracy(responses)) == pytest.approx(accuracy_score(golds, given_))


# Six options, each the gold of a sixth: far too often is from a third on. Probabilities by scipy 1.17.1's binom.sf.
@pytest.mark.parametrize(
    ("n_most", "n_unparsed", "n", "is_collapsed"),
    [
        (60, 0, 60, True),
        (24, 0, 60, True),  # P(X ≥ 24) = 1.5e-5
        (20, 0, 60, False),  # a third, but P(X ≥ 20) = 0.0012
        (200, 0, 600, True),
        (199, 0, 600, False),  # as improbable, but less than a third
        (10, 0, 60, False),
        (30, 20, 60, True),  # of the 40 that could be read
        (0, 60, 60, False),
    ],
)
def test_option_is_picked_far_too_often(respond, n_most, n_unparsed, n, is_collapsed):
    rest = ("ACDEF" * n)[: n - n_most - n_unparsed]
    texts = ["B"] * n_most + [""] * n_unparsed + list(rest)
    found = choice.answer_collapse(run(respond, texts, ("ABCDEF" * n)[:n]))
    assert found == [float(text == "B" and is_collapsed) for text in texts]


@pytest.mark.parametrize("n", [1, 3])
def test_few_answers_are_no_collapse(respond, n):
    assert choice.answer_collapse(run(respond, ["B"] * n, "A" * n)) == [0] * n  # at n = 3: 1/216 = 0.0046


def test_what_the_gold_is_too_is_no_collapse(respond):
    assert set(choice.answer_collapse(run(respond, ["F"] * 50, "F" * 50))) == {0}


def test_labels_without_options_are_expected_as_often_as_the_gold_has_them(respond):
    def flags(n_neutral):
        texts = ["neutral"] * n_neutral + ["entailment"] * (90 - n_neutral)
        golds = ["neutral", "entailment", "contradiction"] * 30
        return set(
            choice.answer_collapse([respond(t, g, parse=mednli.parse) for t, g in zip(texts, golds, strict=True)])
        )

    assert (flags(45), flags(59), flags(60), flags(90)) == ({0}, {0}, {0, 1}, {1})  # two thirds of 90 is 60


@pytest.mark.parametrize(
    ("text", "gold", "options", "flag"),
    [
        ("B", "F", OPTIONS, 1),
        ("The correct answer is A: gout.", "F", OPTIONS, 1),
        ("rash", "F", OPTIONS, 1),
        ("F", "F", OPTIONS, 0),
        ("cannot be answered", "F", OPTIONS, 0),
        ("A or B", "F", OPTIONS, None),  # unreadable: it says nothing
        ("", "F", OPTIONS, None),
        ("B", "A", OPTIONS, None),  # answerable
        ("B", "F", (), None),
    ],
)
def test_answer_to_the_unanswerable(respond, text, gold, options, flag):
    assert choice.answered_unanswerable([pick(respond, text, gold, options)]) == [flag]


def test_forced_choice_looks_at_the_likeliest_letter_whatever_was_written(respond):
    """By hand: the gold is A."""
    told = []
    for text, letter in (("A", "A"), ("A", "B"), ("I would rather not say", "A"), ("B", ""), ("", "C")):
        response = pick(respond, text)
        generation = msgspec.structs.replace(response.generation, likeliest_letter=letter)
        told.append(dataclasses.replace(response, generation=generation))
    assert choice.forced_choice(told) == [1.0, 0.0, 1.0, None, 0.0]
