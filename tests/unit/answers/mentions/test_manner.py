"""How a mention is said; read by hand. The mention stands where X does."""

import pytest

from clue_lib.answers.mentions import cues, manner
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.plain import normalise


def said(text, *, is_concluded=False):
    passage = Passage.of(normalise(text))
    at = passage.text.index("X")
    return manner.of(passage, at, at + 1, is_concluded=is_concluded)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("It is X.", "asserted"),
        ("X", "asserted"),
        ("X?", "asked"),
        ("Is it X?", "asked"),
        ("X is it?", "asked"),
        ("X. Is it?", "asserted"),
        ("X, or is it?", "asked"),
        ("X: why?", "asserted"),
        ("X; why?", "asserted"),
        ("Why? X", "asserted"),
        ("Is it X", "asked"),
        ("Does the premise say X", "asked"),
        ("Is it X.", "asserted"),
        ("What is X", "asked"),
        ("Is gout X", "asserted"),
        ("Is it X\nNo", "asserted"),
        ("If it hurts, X", "weighed"),
        ("If it hurts but X", "asserted"),
        ("If it hurts; X", "asserted"),
        ("If it hurts – X", "asserted"),
        ("If it hurts. X", "asserted"),
        ("X if it hurts", "weighed"),
        ("X would be right if it hurts", "weighed"),
        ("X, if I am right", "asserted"),
        ("X unless it hurts", "asserted"),
        ("Unless it hurts, X", "weighed"),
        ("If I had to choose, X", "asserted"),
        ("Some would say X", "weighed"),
        ("Some would say gout, but X", "asserted"),
        ("Initially X", "weighed"),
        ("Let's check for X", "weighed"),
        ("The question is whether X", "weighed"),
        ("I check, so X", "asserted"),
    ],
)
def test_how_it_is_said(text, how):
    assert said(text) == how


def test_a_step_says_nothing_of_what_is_concluded():
    assert said("Considering all, the answer is X", is_concluded=True) == "asserted"
    assert said("Considering all, the answer is X") == "weighed"
    assert said("If it hurts, the answer is X", is_concluded=True) == "weighed"


@pytest.mark.parametrize("phrase", cues.phrases("condition", "report", "unless", "check"))
def test_each_cue_before_it(phrase):
    assert said(f"{phrase} X.") == "weighed"


@pytest.mark.parametrize("phrase", cues.phrases("condition_behind"))
def test_each_cue_behind_it(phrase):
    assert said(f"It is X {phrase} it hurts") == "weighed"


@pytest.mark.parametrize("phrase", cues.phrases("reach"))
def test_each_word_that_ends_the_reach_of_a_cue(phrase):
    assert said(f"if it hurts {phrase} X") == "asserted"


@pytest.mark.parametrize("phrase", cues.phrases("no_condition"))
def test_each_condition_that_is_none(phrase):
    assert said(f"{phrase} choose, X") == "asserted"


@pytest.mark.parametrize("verb", cues.phrases("question_verb"))
def test_each_verb_before_its_subject_asks(verb):
    for subject in cues.phrases("subject"):
        assert said(f"{verb} {subject} X") == "asked"
    assert said(f"it {verb} X") == "asserted"


@pytest.mark.parametrize("word", cues.phrases("question_word"))
def test_each_word_that_asks(word):
    assert said(f"{word} makes it X") == "asked"
