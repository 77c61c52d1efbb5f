"""Families of failures: which metric counts towards which, and any of them."""

import pytest

from clue_lib.metrics import BEHAVIOUR_ALL, CHOICE_BEHAVIOUR, METRICS, TEXT_BEHAVIOUR, families, family

INSTRUCTION = ("unparsed", "template_leakage", "prompt_echo", "extra_text", "wrong_length", "other_language")


def test_members_are_those_that_the_science_names():
    assert set(family("instruction following")) == set(INSTRUCTION)
    assert "answered_unanswerable" in family("hallucination")


@pytest.mark.parametrize("name", [*BEHAVIOUR_ALL, *CHOICE_BEHAVIOUR, *TEXT_BEHAVIOUR])
def test_every_listed_behaviour_is_registered_as_a_failure(name):
    assert METRICS[name].better == "lower"


def test_any_member_above_0_is_a_flag():
    scores = {"a": (0.0, 1.0, 0.0, None, None), "b": (0.0, 0.0, 0.25, 0.0, None), "other": (1.0, 1.0, 1.0, 1.0, 1.0)}
    assert families.any_of(scores, ("a", "b", "absent")) == (0.0, 1.0, 1.0, 0.0, None)


def test_family_without_a_scored_member_is_our_mistake():
    with pytest.raises(ValueError, match="none of absent was scored"):
        families.any_of({"a": (0.0,)}, ("absent",))


def test_silence_does_not_improve_instruction_following(respond):
    scores = {name: METRICS[name].score([respond("")]) for name in INSTRUCTION}
    assert families.any_of(scores, INSTRUCTION) == (1.0,)
