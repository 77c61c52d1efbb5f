"""CLUE's own reading of MedNLI answers beside ours."""

import pytest

from clue_lib.metrics import choice, clue_2024_choice
from clue_lib.tasks import mednli

ALL_THREE = "ENTAILMENT, NEUTRAL or CONTRADICTION"


@pytest.mark.parametrize("gold", mednli.LABELS)
def test_mednli_answer_that_names_all_labels_is_wrong_here_and_right_in_clue_2024_06(respond, gold):
    responses = [respond(ALL_THREE, gold, parse=mednli.parse)]
    assert choice.accuracy(responses) == [0]
    assert clue_2024_choice.mednli_accuracy(responses) == [1]


# By hand, from the definition: the label itself, in any case, exactly once.
@pytest.mark.parametrize(
    ("text", "strict", "clue"),
    [
        ("neutral", 1, 1),
        ("Neutral.", 1, 1),
        ("neutral, clearly neutral", 1, 0),
        ("neutrality", 0, 1),
        ("entailment", 0, 0),
        ("", 0, 0),
    ],
)
def test_mednli_answers_to_a_neutral_pair(respond, text, strict, clue):
    responses = [respond(text, "neutral", parse=mednli.parse)]
    assert (choice.accuracy(responses), clue_2024_choice.mednli_accuracy(responses)) == ([strict], [clue])


def test_mednli_label_in_another_form_is_wrong_in_clue_2024_06(respond):
    responses = [respond("The premise entails it.", "entailment", parse=mednli.parse)]
    assert (choice.accuracy(responses), clue_2024_choice.mednli_accuracy(responses)) == ([1], [0])
