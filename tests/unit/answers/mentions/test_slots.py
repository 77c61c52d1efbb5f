"""Where an answer is expected; read by hand. The place is where X stands."""

import pytest

from clue_lib.answers.mentions import cues, slots
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import Standing
from clue_lib.answers.plain import normalise


def slot(text, noun="option_noun"):
    passage = Passage.of(normalise(text))
    return slots.find(passage, noun).get(passage.text.index("X"))


def told(text, **options):
    found = slot(text, **options)
    return found and (found.place, found.standing, found.said)


CONCLUDED = ("cue", Standing.CONCLUDED, "asserted")
FINAL = ("cue", Standing.FINAL, "asserted")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Answer: X",
            "The answer is X",
            "Answer - X",
            "Answer = X",
            "Answer → X",
            "Answer — X",
            "Answer | X",
            "Ans. X",
        ),
        *(
            "The answer to this question is X",
            "The correct answer here is X",
            "The best option would be X",
            "Answer:\nX",
        ),
        *("The most likely diagnosis is therefore X", "Diagnosis: X", "Correct: X", "The answer is probably the X"),
        *(
            "Answer\nX",
            "### Correct answer\nX",
            "The answer(s): X",
            "1. Answer\nX",
            "My answer:\nX",
            "Ans) X",
        ),
        *(
            "I choose X",
            "I would therefore choose option X",
            "I'd go with X",
            "Choose X",
            "So. Pick X",
            "That leaves X",
        ),
        *(
            "It is so. The next step is X",
            "the correct answer (X)",
            "The most likely is X",
            "Answer: (X",
            "Answer: not X",
        ),
        *(
            "✅ X",
            "La respuesta es X",
            "La respuesta correcta es la X",
            "Antwort: X",
            "La réponse est X",
            "答案是X",
            "选X",
        ),
        *(
            "The answer, clearly, is X",
            "The answer turns out to be X",
            "The answer is: X",
            "The answer is now: it is X",
        ),
    ],
)
def test_a_cue_concludes(text):
    assert told(text) == CONCLUDED


@pytest.mark.parametrize("text", ["Final answer: X", "My final answer is X", "Final answer\nX", "The final choice: X"])
def test_what_is_called_final(text):
    assert told(text) == FINAL


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The answer might be X", ("cue", Standing.CONCLUDED, "hedged")),
        ("It could be X", ("pronoun", Standing.STATED, "hedged")),
        ("It is X", ("pronoun", Standing.STATED, "asserted")),
        ("He is ill, so it must be X", ("pronoun", Standing.STATED, "asserted")),
        ("He is ill: it's X", ("pronoun", Standing.STATED, "asserted")),
        ("He has X", ("finding", Standing.NAMED, "asserted")),
        ("This is consistent with an X", ("finding", Standing.NAMED, "asserted")),
        ("\\boxed{X}", ("box", Standing.FINAL, "asserted")),
        ("<answer>X</answer>", ("tag", Standing.FINAL, "asserted")),
        ("X", ("opening", Standing.STATED, "asserted")),
        ("So, probably the X", ("opening", Standing.STATED, "asserted")),
        ("- X", ("opening", Standing.STATED, "asserted")),
        ("1. X", ("opening", Standing.STATED, "asserted")),
        ("(1) X", ("opening", Standing.STATED, "asserted")),
        ("Q1: X", ("opening", Standing.STATED, "asserted")),
        ("No fever.\n• X", ("line", Standing.STATED, "asserted")),
        ("No fever.\nX", ("line", Standing.STATED, "asserted")),
        ("He is well; X", ("clause", Standing.STATED, "asserted")),
        ("He is well, so X", ("clause", Standing.STATED, "asserted")),
        ("He is well → X", ("clause", Standing.STATED, "asserted")),
        ("He had X", ("finding", Standing.NAMED, "asserted")),
        ("The wrong answer is X", ("cue", Standing.CONCLUDED, "denied")),
        ("The least likely answer is X", ("cue", Standing.CONCLUDED, "denied")),
        ("Another option: X", ("cue", Standing.CONCLUDED, "denied")),
        ("The option to exclude is X", ("cue", Standing.CONCLUDED, "denied")),
        ("Incorrect: X", ("cue", Standing.CONCLUDED, "denied")),
        ("Excluded options: X", ("cue", Standing.CONCLUDED, "denied")),
        ("❌ X", ("cue", Standing.CONCLUDED, "denied")),
        ("each option: X", ("cue", Standing.CONCLUDED, "listed")),
        ("The first choice: X", ("cue", Standing.CONCLUDED, "listed")),
    ],
)
def test_place_standing_and_how_it_is_said(text, found):
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *(
            "He sees X",
            "the patients X",
            "The answer to that question of the X",
            "Incorrect X",
            "answered: X",
        ),
        *("I see X", "The lipase is X", "correct X", "Choosers choose and X", "1.5 X", "Is X", "答X"),
    ],
)
def test_elsewhere_no_answer_is_expected(text):
    assert slot(text) is None


def test_a_cue_does_not_reach_over_the_end_of_its_line():
    assert told("That is correct\nAnswer: X") == CONCLUDED
    assert told("This is the wrong\nanswer\nX") == CONCLUDED
    assert told("I\nchoose X") == CONCLUDED  # by "choose", which begins the line


def test_the_names_of_an_answer_are_the_tasks():
    assert told("The diagnosis is X") == CONCLUDED
    assert told("Diagnosis: X", noun="label_noun") is None
    assert told("The label is X", noun="label_noun") == CONCLUDED
    assert told("The relation is X") is None


def test_the_firmer_of_two_slots_holds_and_a_denial_beats_both():
    assert told("The answer is that it is X") == CONCLUDED
    assert told("Incorrect answer: X") == ("cue", Standing.CONCLUDED, "denied")


@pytest.mark.parametrize("phrase", cues.phrases("noun", "option_noun"))
def test_each_name_of_an_answer(phrase):
    assert told(f"{phrase}: X") == CONCLUDED
    assert told(f"{phrase} is X") == CONCLUDED
    assert told(f"Well.\n{phrase}\nX") == CONCLUDED


@pytest.mark.parametrize("phrase", cues.phrases("marked_noun"))
def test_each_name_that_needs_a_mark(phrase):
    assert told(f"{phrase}: X") == CONCLUDED


@pytest.mark.parametrize("phrase", cues.phrases("copula", "maybe"))
def test_each_verb(phrase):
    assert told(f"answer {phrase} X")[:2] == CONCLUDED[:2]
    assert told(f"So it {phrase} X")[0] in ("pronoun", "cue")


@pytest.mark.parametrize("phrase", cues.phrases("chooser"))
def test_each_one_who_chooses(phrase):
    for helper in cues.phrases("helper"):
        assert told(f"and {phrase} {helper} pick X") == CONCLUDED


@pytest.mark.parametrize("phrase", cues.phrases("choose"))
def test_each_way_to_choose(phrase):
    assert told(f"and i {phrase} X") == CONCLUDED
    assert told(f"Well. {phrase} X") == CONCLUDED


@pytest.mark.parametrize("phrase", cues.phrases("leaving"))
def test_each_way_to_be_left_with_one(phrase):
    assert told(f"and {phrase} X") == CONCLUDED


@pytest.mark.parametrize("phrase", cues.phrases("denying"))
def test_each_heading_of_what_is_denied(phrase):
    assert told(f"{phrase}: X")[2] == "denied"


@pytest.mark.parametrize("phrase", cues.phrases("unpicked"))
def test_each_word_that_makes_it_another_answer(phrase):
    assert told(f"the {phrase} answer is X")[2] == "denied"


@pytest.mark.parametrize("phrase", cues.phrases("listed"))
def test_each_word_that_announces_several(phrase):
    assert told(f"{phrase} option: X")[2] == "listed"


@pytest.mark.parametrize("phrase", cues.phrases("to_exclude"))
def test_each_way_to_exclude(phrase):
    assert told(f"the option to {phrase} is X")[2] == "denied"


@pytest.mark.parametrize("phrase", cues.phrases("lead", "article", "hedge"))
def test_each_word_that_may_lead_to_a_name(phrase):
    assert told(f"Answer: {phrase} X")[:2] == CONCLUDED[:2]


@pytest.mark.parametrize("phrase", cues.phrases("found"))
def test_each_way_to_say_it_of_the_patient(phrase):
    assert slot(f"here one {phrase} the X") is not None


@pytest.mark.parametrize("phrase", cues.phrases("therefore"))
def test_each_word_behind_which_a_clause_may_be_the_answer(phrase):
    assert told(f"not well, {phrase} X") is not None


@pytest.mark.parametrize("phrase", cues.phrases("filler"))
def test_each_word_between_answer_and_its_verb(phrase):
    assert told(f"the answer {phrase} this old case is X") == CONCLUDED
