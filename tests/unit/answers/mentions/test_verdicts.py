"""What stands behind a mention and calls it right, likely or wrong; read by hand."""

import pytest

from clue_lib.answers.mentions import cues, verdicts

RIGHT = [
    *("C is correct.", "C is right", "C is the correct answer.", "C is the best option", "C is most likely", "C fits."),
    *(
        "C fits best",
        "C is the most appropriate next step",
        "C (correct)",
        "C: correct",
        "C. Correct.",
        "C - yes",
        "C ✅",
    ),
    *(
        "C) is correct",
        "C would be correct",
        "C seems right",
        "C, which is correct, is",
        "C is clearly the best choice",
    ),
    *(
        "C = true",
        "C is true because",
        "C it is.",
        "C is my answer",
        "C is it.",
        "C is the one.",
        "C es correcta",
        "C是正确的",
    ),
    *("C ist richtig.", "C est la bonne réponse.", "C (the correct answer)", "C is best.", "C must be the right one"),
]
LIKELY = ["C is likely", "C: likely", "C is very likely.", "C (probable)", "C is highly likely", "C is more likely."]
WRONG = [
    *("C is incorrect.", "C is wrong", "C is not correct", "C is not the best answer", "C can be ruled out", "C ❌"),
    *("C (incorrect)", "C: incorrect", "C. Incorrect. The", "C - no", "C) No,", "C, which is wrong", "C cannot be it"),
    *(
        "C isn't it",
        "C does not fit",
        "C: not mentioned",
        "C – not likely",
        "C is unlikely given",
        "C are wrong",
        "C no.",
    ),
    *("C is less likely", "C is the wrong answer", "C could be excluded", "C should be rejected", "C is clearly wrong"),
    *(
        "C should therefore be excluded",
        "C es incorrecta",
        "C ist falsch",
        "C是错误的",
        "C is false",
        "C has been excluded",
    ),
]
NONE = [
    *(
        "C",
        "C.",
        "C is the best known cause",
        "C. Right lower quadrant",
        "C is possible",
        "C, because",
        "C is most often",
    ),
    *(
        "C cannot be excluded",
        "C is not only",
        "C fits poorly",
        "C fits less well",
        "C\nCorrect: D",
        "C\nis wrong",
        "C and",
    ),
    *(
        "C is the",
        "C. The",
        "C is not unlikely",
        "C is a common",
        "C contradicts it",
        "C. No fistula",
        "C it",
        "C outlet",
    ),
]


def kind(text, **options):
    verdict = verdicts.behind(text.lower(), 1, **options)
    return verdict.kind if verdict else None


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    assert kind(text) == kind(text, is_negative=True) == "right"


@pytest.mark.parametrize("text", LIKELY)
def test_likely(text):
    assert kind(text) == "likely"


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text):
    assert kind(text) == "wrong"


@pytest.mark.parametrize("text", NONE)
def test_none(text):
    assert kind(text) is None


@pytest.mark.parametrize(
    "text", ["C: not mentioned", "C – not stated", "C: No, it", "C is not stated", "C. No.", "C isn't"]
)
def test_of_an_option_that_says_no_itself_no_is_its_own_word(text):
    assert kind(text) == "wrong"
    assert kind(text, is_negative=True) is None


@pytest.mark.parametrize("text", ["C is not correct", "C: incorrect", "C (wrong)", "C is not the best answer", "C ❌"])
def test_such_an_option_may_be_called_wrong_too(text):
    assert kind(text, is_negative=True) == "wrong"


@pytest.mark.parametrize(
    ("text", "is_plural", "is_clause"),
    [
        ("C are wrong", True, True),
        ("C can be excluded", True, True),
        ("C both fit? no", None, None),
        ("C is wrong", False, True),
        ("C (wrong)", False, False),
        ("C: wrong", False, False),
        ("C cannot be it", True, True),
        ("C) are wrong", True, True),
    ],
)
def test_number_and_verb(text, is_plural, is_clause):
    verdict = verdicts.behind(text.lower(), 1)
    assert (verdict and (verdict.is_plural, verdict.is_clause)) == (
        None if is_plural is None else (is_plural, is_clause)
    )


def test_it_says_where_it_ends():
    assert verdicts.behind("c (wrong), d", 1).end == len("c (wrong")
    assert verdicts.behind("so c is the best answer.", 4).end == len("so c is the best answer")


@pytest.mark.parametrize("phrase", cues.phrases("wrong", "weak_wrong"))
def test_each_word_that_calls_wrong(phrase):
    assert kind(f"C is {phrase}.") == "wrong"
    assert kind(f"C: {phrase}.") == "wrong"


@pytest.mark.parametrize("phrase", cues.phrases("right", "right_clause"))
def test_each_word_that_calls_right(phrase):
    assert kind(f"C is {phrase}.") == "right"


@pytest.mark.parametrize("phrase", cues.phrases("right_verb"))
def test_each_verb_that_calls_right(phrase):
    assert kind(f"C {phrase}.") == "right"


@pytest.mark.parametrize("phrase", cues.phrases("negated"))
def test_each_verb_that_denies(phrase):
    assert kind(f"C {phrase} that") == "wrong"


@pytest.mark.parametrize("phrase", cues.phrases("best"))
def test_each_word_for_the_best_with_each_thing(phrase):
    for thing in cues.phrases("thing"):
        assert kind(f"C is the {phrase} {thing} of all") == "right"
    assert kind(f"C is {phrase}.") == "right"
