"""What an answer keeps of its reading: rule, place, other mentions; what is quoted; what the limit cut."""

import pytest

from clue_lib import answers
from clue_lib.answers.reading import N_KEPT
from clue_lib.tasks import mednli
from clue_lib.types import Example, Mention, Parsed, Unparsed

OPTIONS = ("gout", "gout of the toe", "sepsis")


def read(text, *, options=OPTIONS, fields=None, **given):
    return answers.option(text, Example(id="1", cluster="1", fields=fields or {}, gold="A", options=options), **given)


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        ("The answer is **C**.", "concluded", "C"),
        ("\\boxed{C}", "in LaTeX's box", "C"),
        ("<answer>C</answer>", "in the answer's tag", "C"),
        ("C. sepsis, as the fever shows", "the text begins with it", "C. sepsis"),
        ("No fever.\n(C)", "alone on its line", "(C)"),
        ("No fever. C.", "a sentence of its own", "C"),
        ("No fever, so C.", "a clause of its own", "C"),
        ("No fever, so it is C.", "it is said to be so", "C"),
        ("She has sepsis.", "said of the patient", "sepsis"),
        ("Only C fits.", "called right", "C"),
        ("Only C is likely.", "called likely", "C"),
    ],
)
def test_rule_and_place(text, rule, part):
    answer = read(text)
    assert answer == Parsed(value="C")
    evidence = answer.evidence
    assert (evidence.rule, text[evidence.start : evidence.end]) == (rule, part)


def test_all_that_is_named():
    answer = read("A is wrong, B is possible. The answer is C.")
    assert answer.evidence.mentions == (
        Mention(value="A", start=0, end=1, form="letter", said="denied"),
        Mention(value="C", start=41, end=42, form="letter", said="asserted"),
    )


def test_two_values_at_one_place():
    answer = read("C: gout")
    assert answer == Unparsed(reason="several options")
    assert answer.evidence.mentions == (Mention(value="C/A", start=0, end=7, form="both", said="asserted"),)


def test_a_label():
    answer = mednli.parse("It is **neutral**.")
    assert (answer.value, answer.evidence.start, answer.evidence.end) == ("neutral", 8, 15)
    assert answer.evidence.mentions == (Mention(value="neutral", start=8, end=15, form="label", said="asserted"),)
    assert mednli.parse("He is entailed").evidence.rule == "named"


def test_codes():
    evidence = answers.icd_codes("**I10**, e11.9").evidence
    assert (evidence.rule, evidence.start, evidence.end) == ("every code", 2, 14)
    assert [(m.value, m.start, m.end, m.form, m.said) for m in evidence.mentions] == [
        ("I10", 2, 5, "code", "asserted"),
        ("E11.9", 9, 14, "code", "asserted"),
    ]
    many = answers.icd_codes("I10 " * (N_KEPT + 5))
    assert len(many.evidence.mentions) == N_KEPT
    assert many.value == ("I10",)


def test_free_text_is_the_whole_text():
    assert answers.free_text("\nDrink water. ") == Parsed(value="Drink water.")
    assert answers.free_text(" \n") == Unparsed(reason="empty")


@pytest.mark.parametrize("parse", [read, mednli.parse, answers.icd_codes])
def test_why_nothing_could_be_read(parse):
    assert parse("<think>A") == Unparsed(reason="its thought never ended")
    assert parse("<think>A</think>") == Unparsed(reason="empty")
    for text in ("<think>A", " ", "none of it"):
        answer = parse(text)
        assert answer.evidence.rule == answer.reason
        assert (answer.evidence.start, answer.evidence.mentions) == (None, ())


def test_evidence_does_not_make_answers_different():
    assert read("C") == read("The answer is C.") == Parsed(value="C")
    assert read("?") == Unparsed(reason="no option")


LETTER = "The tibia is in neutral alignment."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"Premise: {LETTER} He is ill. So it contradicts.", "contradiction"),
        (f"{LETTER.upper()} He is ill. So it contradicts.", "contradiction"),
        (f"**{LETTER}**\n{LETTER}\nSo it contradicts.", "contradiction"),
        (f"{LETTER} It is neutral.", "neutral"),
    ],
)
def test_what_repeats_the_prompt_is_no_answer(text, value):
    example = Example(id="1", cluster="1", fields={"premise": LETTER, "x": "neutral", "y": ""}, gold="neutral")
    assert mednli.parse(text, example).value == value
    assert {m.said for m in mednli.parse(f"So: {LETTER}", example).evidence.mentions} == {"quoted"}


def test_options_that_are_said_again_whole_are_several():
    listed = "A. gout\nB. gout of the toe\nC. sepsis"
    answer = read(listed, fields={"options": listed})
    assert answer == Unparsed(reason="several options")
    assert {m.said for m in answer.evidence.mentions} == {"quoted"}


def test_a_field_too_long_or_too_short_to_be_a_quotation():
    for text in ("so neutral", "neutral " + "x" * 4_000):
        example = Example(id="1", cluster="1", fields={"premise": text}, gold="neutral")
        assert mednli.parse(text, example) == Parsed(value="neutral")


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [
        ("The answer is C", "C", "C"),
        ("The answer is gout of the toe", "B", "B"),
        ("The answer is gout", "A", None),  # it may go on "of the toe"
        ("The answer is gout.", "A", "A"),
        ("C", "C", "C"),
        ("C. sepsis, as the", "C", "C"),
        ("She has sepsis.", "C", None),
        ("No fever.\nC", "C", None),
        ("No fever.\nC.", "C", "C"),
        ("No fever, so C", "C", None),
        ("No fever. C", "C", None),
        ("No fever. sepsis", "C", None),
        ("No fever. Sepsis", None, None),
        ("No fever. Sepsis.", "C", "C"),
        ("No fever. A", None, None),
        ("No fever.\nA", "A", None),
        ("A. gout\nB", None, None),
    ],
)
def test_what_the_limit_cut(text, whole, cut):
    assert getattr(read(text), "value", None) == whole
    assert getattr(read(text, is_cut=True), "value", None) == cut


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [
        ("neutral", "neutral", "neutral"),
        ("neutral, because the", "neutral", "neutral"),
        ("The label is neutral", "neutral", "neutral"),
        ("The premise contradicts it", "contradiction", None),
        ("The premise contradicts the", None, None),
        ("The premise contradicts the.", "contradiction", None),
    ],
)
def test_a_label_that_is_only_named_where_the_text_breaks_off(text, whole, cut):
    assert getattr(mednli.parse(text), "value", None) == whole
    answer = mednli.parse(text, is_cut=True)
    assert getattr(answer, "value", None) == cut
    if cut is None:
        assert answer.reason == "no label"
        assert answer.evidence.rule == "cut before an answer"
