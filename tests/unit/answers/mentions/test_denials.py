"""Whether the words before a mention deny it; read by hand. The mention stands where X does."""

import pytest

from clue_lib.answers.mentions import cues, denials
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.plain import normalise


def is_denied(text, named="x"):
    passage = Passage.of(normalise(text))
    return denials.is_denied_before(passage, passage.text.index("X"), named)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "not X",
            "It is not X",
            "It isn't X",
            "It cannot be X",
            "The answer is never X",
            "neither X",
            "neither gout nor X",
        ),
        *(
            "rather than X",
            "instead of X",
            "other than X",
            "far from X",
            "no X",
            "without X",
            "anything but X",
            "except X",
        ),
        *(
            "I don't think that it is X",
            "I do not believe that X",
            "It says nothing that X",
            "It is wrong to say that X",
        ),
        *("no evidence of X", "no direct evidence that X", "There is no reason to call it X", "fails to X", "non X"),
        *("not necessarily really truly X", "I would not choose X", "absence of X", "ruling out X", "I doubt that X"),
        *("It is not at all clearly X", "It is false that X", "hardly X", "by no means X", "none of it is X"),
    ],
)
def test_denied(text):
    assert is_denied(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "X",
            "It is X",
            "not gout, X",
            "Not gout. X",
            "not gout: X",
            "It is not gout; X",
            "not gout (X)",
            "not gout - X",
        ),
        *("not gout but X", "He does not smoke so X", "He does not smoke and X", "He does not smoke because X"),
        *(
            "He does not smoke, which makes it X",
            "There is no doubt that it is X",
            "not only X",
            "not just X",
            "no fever\nX",
        ),
        *("The lipase is not high therefore X", "He has no fever which means it is X", "not gout = X", "not gout → X"),
        *(
            "The fact that he is not ill is X",
            "no one two three four X",
            "wrong X",
            "nothing else and X",
            "not gout | X",
        ),
        "not " + "ward " * 12 + "X",
    ],
)
def test_not_denied(text):
    assert not is_denied(text)


def test_not_reaches_over_no_verb_of_its_own():
    assert is_denied("the premise does not X", "contradict")
    assert not is_denied("the fact that he does not smoke X", "contradicts")
    assert is_denied("the premise not X", "contradicts")
    assert not is_denied("no fever X", "contradicts")
    assert is_denied("no fever X", "contradiction")


@pytest.mark.parametrize("phrase", cues.phrases("never", "not", "not_next"))
def test_each_word_that_denies(phrase):
    assert is_denied(f"it {phrase} X")


@pytest.mark.parametrize("phrase", cues.phrases("else"))
def test_each_word_that_begins_another_statement(phrase):
    assert not is_denied(f"it is not gout {phrase} X")


@pytest.mark.parametrize("phrase", cues.phrases("no_evidence"))
def test_each_word_for_what_is_lacking(phrase):
    assert is_denied(f"there is no {phrase} of any kind X")
    assert is_denied(f"there is no clear {phrase} that he has X")


def test_words_that_do_not_count_as_distance():
    assert is_denied("no really truly clearly fully wholly badly X")
    assert not is_denied("no a b c d X")
    assert is_denied("no a b c X")


def test_how_far_not_reaches():
    assert is_denied("not " + "w " * 11 + "X")
    assert not is_denied("not " + "w " * 12 + "X")
