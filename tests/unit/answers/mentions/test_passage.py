"""Sentences of a plain text and the cues between them; places counted by hand, from 0."""

import pytest

from clue_lib.answers.mentions import cues
from clue_lib.answers.mentions.passage import NEAR, Passage, has_between
from clue_lib.answers.plain import normalise


def passage(text):
    return Passage.of(normalise(text))


def sentences(text):
    made = passage(text)
    return [made.text[start:end] for start, end in zip(made.sentences, [*made.sentences[1:], None], strict=True)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        ("One\nTwo", ["One\n", "Two"]),
        ("E. coli grew", ["E. coli grew"]),
        ("A (b.) C", ["A (b.) ", "C"]),
        ("1.5 mg. No", ["1.5 mg. ", "No"]),
        ("A vs. B, e.g. C, i.e. D, Dr. E, Fig. F, ca. G", ["A vs. B, e.g. C, i.e. D, Dr. E, Fig. F, ca. G"]),
        ("So \\boxed{C} is", ["So ⟦", "C⟧", " is"]),
        ("Well... No", ["Well... ", "No"]),
    ],
)
def test_where_sentences_begin(text, parts):
    assert sentences(text) == parts


def test_what_stands_before_and_behind_in_the_sentence():
    made = passage("No. It is C here. Yes.")
    assert made.before(10) == "it is "
    assert made.after(10, 11) == " here. "
    assert made.sentence(10, 11) == (4, 18)
    assert passage("C").before(0) == ""
    assert passage("C").after(0, 1) == ""


def test_no_farther_than_near():
    made = passage("a" * 500 + "C" + "b" * 500)
    assert made.before(500) == "a" * NEAR
    assert made.after(500, 501) == "b" * NEAR
    assert made.line_before(500) == "a" * NEAR


def test_the_line_before():
    made = passage("a\nb C")
    assert made.line_before(4) == "b "
    assert made.line_before(2) == ""
    assert made.line_before(1) == "a"


def test_a_place_between():
    assert has_between([3, 7], 3, 4)
    assert has_between([3, 7], 4, 8)
    assert not has_between([3, 7], 4, 7)
    assert not has_between([], 0, 9)
    assert not has_between([3], 4, 9)


@pytest.mark.parametrize("phrase", cues.phrases("turn"))
def test_each_word_that_turns(phrase):
    assert passage(f"A. {phrase}, C").turns[:1] == [3]


@pytest.mark.parametrize("phrase", cues.phrases("also"))
def test_each_word_that_adds(phrase):
    assert passage(f"A is {phrase} right").additions == [5]


@pytest.mark.parametrize("phrase", cues.phrases("runs_on"))
def test_each_heading_of_another_question(phrase):
    assert len(passage(f"C\n{phrase}: which").questions) == 1
    assert len(passage(f"C\n- {phrase} 2: which").questions) == 1
    assert len(passage(f"C\n{phrase}\nwhich").questions) == 1
    assert passage(f"C\nthis {phrase}: which").questions == []
    assert passage(f"C\n{phrase} which").questions == []


@pytest.mark.parametrize("phrase", cues.phrases("heading"))
def test_each_heading_of_an_explanation(phrase):
    assert passage(f"C\n{phrase}: a").headings == [2]
    assert passage(f"C\n- the {phrase}\na").headings == [2]
    assert passage(f"C\n{phrase} of it all:\na").headings == [2]
    assert passage(f"C\n{phrase} of it. And: so").headings == []
    assert passage(f"so {phrase}: a").headings == []


@pytest.mark.parametrize("phrase", cues.phrases("intro"))
def test_each_announcement_of_a_list(phrase):
    assert passage(f"here go {phrase} now").intros
    for of in cues.phrases("intro_of"):
        assert 8 + len(of) + 1 not in passage(f"here go {of} {phrase}").intros
