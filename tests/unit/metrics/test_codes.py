"""Metrics of codes against cases worked by hand, scikit-learn and rules that hold for every answer."""

import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from clue_lib import answers
from clue_lib.metrics import codes
from clue_lib.terminology import icd

OVERLAPS = {
    "exact": (codes.code_precision, codes.code_recall, codes.code_f1),
    "category": (codes.category_precision, codes.category_recall, codes.category_f1),
}
QUALITIES = (*OVERLAPS["exact"], *OVERLAPS["category"], codes.valid_share, codes.billable_share)
FAILURES = (codes.invalid_codes, codes.incremented_runs, codes.repeated_codes)

# Billable, not billable, invented; of few categories, so that answers meet their gold.
CODES = st.sampled_from(["I10", "E11", "E11.9", "E11.65", "E11.66", "E11.67", "E11.99", "U07.1", "W19.XXXA", "Z99.999"])
GOLDS = st.lists(CODES, min_size=1, unique=True).map(tuple)
ANSWERS = st.lists(CODES)


@pytest.fixture(scope="session")
def answer(respond):
    def build(text, gold=("I10",)):
        return respond(text, gold, parse=answers.icd_codes)

    return build


def value(score, response):
    return score([response])[0]


def letters(root):
    rows = json.loads((root / "fixtures/data/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    return [tuple(icd.normalise(code["code"]) for code in row["icd_codes"]) for row in rows]


# By hand: gold, answer, then precision, recall and F1 of codes and of categories.
@pytest.mark.parametrize(
    ("gold", "text", "exact", "category"),
    [
        # Shared: I10, of 3 answered and 4 gold. Categories: I10, E11, J44 answered; I10, E11, N18, U07 gold; 2 shared.
        ("I10 E11.65 N18.32 U07.1", "I10, E11.9, J44.9", (1 / 3, 1 / 4, 2 / 7), (2 / 3, 2 / 4, 4 / 7)),
        # Two codes of a category are one category: E11 of 1 and 2.
        ("E11.65 E11.9 I10", "E11.21, E11.22", (0, 0, 0), (1, 1 / 2, 2 / 3)),
        # Any writing and any order; nothing but codes counts.
        ("S72.001A W19.XXXA", "w19xxxa: fall; S72001A: fracture", (1, 1, 1), (1, 1, 1)),
        # A code cut short is another code.
        ("S72.001A", "S72.001", (0, 0, 0), (1, 1, 1)),
        # One right among one wrong that doesn't exist.
        ("M1A.0110 Z3A.40", "M1A.0110, Z3A.99", (1 / 2, 1 / 2, 1 / 2), (1, 1, 1)),
        ("I10", "E11.9", (0, 0, 0), (0, 0, 0)),
        ("I10", "no codes", (0, 0, 0), (0, 0, 0)),
        ("I10", "", (0, 0, 0), (0, 0, 0)),
    ],
)
def test_overlap_by_hand(answer, gold, text, exact, category):
    response = answer(text, tuple(gold.split()))
    assert [value(score, response) for score in OVERLAPS["exact"]] == pytest.approx(exact)
    assert [value(score, response) for score in OVERLAPS["category"]] == pytest.approx(category)


# By hand: shares that are valid, billable and invalid.
@pytest.mark.parametrize(
    ("text", "valid", "billable", "invalid"),
    [
        ("I10, E11.9, U07.1, C7A.012", 1, 1, 0),
        ("E11, S72.001, W19, Z3A", 1, 0, 0),  # categories, and a code without its seventh character
        ("B20, C50", 1, 1 / 2, 0),  # C50 has codes below it
        ("I10, E11, E11.99, W19.XXX", 2 / 4, 1 / 4, 2 / 4),
        ("I10, i10, I10, Z99.999", 1 / 2, 1 / 2, 1 / 2),  # distinct codes
        ("V58.61, A00.77", 0, 0, 1),
        ("vitamin B12", 0, 0, None),  # no code, and so nothing said
        ("", 0, 0, None),
    ],
)
def test_shares_by_hand(answer, text, valid, billable, invalid):
    response = answer(text)
    assert value(codes.valid_share, response) == valid
    assert value(codes.billable_share, response) == billable
    assert value(codes.invalid_codes, response) == invalid


def test_invalid_codes_are_counted_once_each(answer):
    texts = ("I10, E11.99, Z99.999, e1199", "I10", "nothing")  # two do not exist; the last names one of them again
    assert codes.n_invalid([answer(text) for text in texts]) == [2, 0, 0]


# By hand: codes that stand in a run of three or more, of all distinct codes.
@pytest.mark.parametrize(
    ("text", "gold", "share"),
    [
        ("E11.1, E11.2, E11.3", "I10", 1),
        ("I10, E11.1, E11.2, E11.3, J44.9", "I10", 3 / 5),
        ("E11.1, E11.2, I10, E11.3", "I10", 0),  # I10 stands between
        ("E11.1, E11.2", "I10", 0),  # two are no run
        ("E11.3, E11.2, E11.1", "I10", 0),  # counting down
        ("E11.1, E11.3, E11.5", "I10", 0),  # by two
        ("E11.1, E11.1, E11.2, E11.1, E11.3", "I10", 1),  # repeats are no code more
        ("I10, I11, I12, I13", "J44.9", 1),  # the last character of a category
        ("E11.8, E11.9, E11.10", "I10", 0),  # the last character counts, not the number
        ("S72.001A, S72.001B, S72.001C", "I10", 1),  # letters count up too
        ("I10.1, I10.2, I10.3, J44.1, J44.2, J44.3", "I10", 1),  # two runs
        ("C78.00, C78.01, C78.02", "C78.00 C78.01 C78.02", 0),  # all of them right
        ("C78.00, C78.01, C78.02", "C78.01 C78.02", 1),
        ("", "I10", 0),
    ],
)
def test_runs_by_hand(answer, text, gold, share):
    assert value(codes.incremented_runs, answer(text, tuple(gold.split()))) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("I10, E11.9", 0),
        ("I10, E11.9, I10", 1 / 3),
        ("E11.9 (E119), i10", 1 / 3),
        ("I10, " * 50, 49 / 50),
        ("", 0),
    ],
)
def test_repeats_by_hand(answer, text, share):
    assert value(codes.repeated_codes, answer(text)) == pytest.approx(share)


@pytest.mark.parametrize("text", ["I10", "I10, E11.9, U07.1"])
def test_50_repeats_of_a_right_code_raise_nothing(answer, text):
    gold = ("I10", "J44.9", "N17.9")
    once, often = answer(text, gold), answer(text + ", I10" * 50, gold)
    assert [value(score, often) for score in QUALITIES] == [value(score, once) for score in QUALITIES]
    assert value(codes.repeated_codes, often) > value(codes.repeated_codes, once) == 0


@pytest.mark.parametrize(("level", "key"), [("exact", icd.normalise), ("category", icd.category)])
def test_same_as_scikit_learn_1_9_1_on_rows_of_labels(answer, root, level, key):
    golds = letters(root)
    others = [*golds[1:], golds[0]]
    named = [(*gold[::2], *other[:3]) for gold, other in zip(golds, others, strict=True)]
    named[3], named[4] = (), golds[4]
    labels = [[{key(code) for code in row} for row in rows] for rows in (golds, named)]
    rows = MultiLabelBinarizer().fit([*labels[0], *labels[1]])
    true, predicted = rows.transform(labels[0]), rows.transform(labels[1])
    responses = [answer(", ".join(row), gold) for row, gold in zip(named, golds, strict=True)]
    found = np.array([score(responses) for score in OVERLAPS[level]])
    for i in range(len(golds)):
        one = slice(i, i + 1)
        expected = precision_recall_fscore_support(true[one], predicted[one], average="samples", zero_division=0)
        assert found[:, i] == pytest.approx(expected[:3])
    expected = precision_recall_fscore_support(true, predicted, average="samples", zero_division=0)
    assert found.mean(axis=1) == pytest.approx(expected[:3])


@given(ANSWERS, GOLDS)
def test_values_are_shares(answer, named, gold):
    for score in (*QUALITIES, *FAILURES):
        found = value(score, answer(" ".join(named), gold))
        if score is codes.invalid_codes and not named:
            assert found is None
        else:
            assert isinstance(found, float)
            assert 0 <= found <= 1  # false of NaN


@given(GOLDS)
@example(("E11.65", "E11.66", "E11.67"))
def test_gold_is_best(answer, gold):
    response = answer(", ".join(gold), gold)
    assert [value(score, response) for score in (*OVERLAPS["exact"], *OVERLAPS["category"])] == [1] * 6
    assert [value(score, response) for score in (codes.incremented_runs, codes.repeated_codes)] == [0, 0]


@given(GOLDS, st.sampled_from(["", " \n", "none", "vitamin B12"]))
def test_an_answer_without_codes_has_no_quality_and_nothing_wrong(answer, gold, text):
    scores = [score for score in (*QUALITIES, *FAILURES) if score is not codes.invalid_codes]
    assert {value(score, answer(text, gold)) for score in scores} == {0}
    assert value(codes.invalid_codes, answer(text, gold)) is None


@given(ANSWERS, GOLDS, st.randoms())
def test_order_and_repeats_change_no_quality(answer, named, gold, random):
    shuffled = random.sample([*named, *named], 2 * len(named))
    before, after = answer(", ".join(named), gold), answer("\n".join(shuffled), gold[::-1])
    for score in (*QUALITIES, codes.invalid_codes):
        assert value(score, after) == value(score, before)


@given(ANSWERS, GOLDS)
def test_f1_is_the_harmonic_mean_and_each_code_is_valid_or_not(answer, named, gold):
    response = answer(", ".join(named), gold)
    for precision, recall, f1 in OVERLAPS.values():
        p, r = value(precision, response), value(recall, response)
        assert math.isclose(value(f1, response) * (p + r), 2 * p * r, abs_tol=1e-12)
    if named:
        assert math.isclose(value(codes.valid_share, response) + value(codes.invalid_codes, response), 1)
    assert value(codes.billable_share, response) <= value(codes.valid_share, response)


def test_gold_without_a_code_says_nothing_of_any_answer(answer):
    responses = [answer("I10", ()), answer("", ())]
    for score in (*OVERLAPS["exact"], *OVERLAPS["category"]):
        assert score(responses) == [None, None]


def test_gold_that_is_no_tuple_is_a_mistake_of_ours(answer):
    with pytest.raises(TypeError, match="codes are a tuple"):
        codes.code_f1([answer("I10", "I10")])


def test_no_coder_counts_up(answer, root):
    responses = [answer(", ".join(gold)) for gold in letters(root)]
    assert codes.incremented_runs(responses) == [0] * len(responses)


def test_no_coder_of_codiesp_counts_up(answer, shared_data):
    cases = json.loads((shared_data / "standins/medisumcode/MeDiSumCode.json").read_text(encoding="utf-8"))
    golds = [[code["code"] for code in case["icd_codes"]] for case in cases]
    assert codes.incremented_runs([answer(", ".join(gold)) for gold in golds]) == [0] * 120


def test_signature_names_the_release():
    assert codes.tool() == icd.tool()
