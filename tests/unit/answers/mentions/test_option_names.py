"""Where a text names options, by letter, by text or both; read by hand."""

import pytest

from clue_lib.answers.mentions import option_ends, option_groups, option_names
from clue_lib.answers.mentions.option_texts import prepared
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.plain import normalise

OPTIONS = prepared(("gout", "Crohn disease", "sepsis", "5 mg", "5 mg twice"))


def passage(text):
    return Passage.of(normalise(text))


def names(text, options=OPTIONS):
    made = passage(text)
    return [("/".join(n.values), n.form, made.text[n.start : n.end]) for n in option_names.find(made, options)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C", [("C", "letter", "C")]),
        ("(C)", [("C", "letter", "(C)")]),
        ("[C]", [("C", "letter", "[C]")]),
        ("( C )", [("C", "letter", "( C )")]),
        ("C)", [("C", "letter", "C")]),
        ("(C: yes)", [("C", "letter", "C")]),
        ("c", [("c", "letter", "c")]),
        ("sepsis", [("C", "text", "sepsis")]),
        ("SEPSIS", [("C", "text", "SEPSIS")]),
        ("Crohn-disease", [("B", "text", "Crohn-disease")]),
        ("Crohn\ndisease", [("B", "text", "Crohn\ndisease")]),
        ("Crohns disease", []),
        ("aseptic sepsis-like", [("C", "text", "sepsis")]),
        ("urosepsis", []),
        ("5mg", [("D", "text", "5mg")]),
        ("0.5 mg", []),
        ("5 mg twice", [("E", "text", "5 mg twice")]),
        ("C. sepsis", [("C", "both", "C. sepsis")]),
        ("C sepsis", [("C", "both", "C sepsis")]),
        ("C (sepsis)", [("C", "both", "C (sepsis)")]),
        ("(C) sepsis", [("C", "both", "(C) sepsis")]),
        ("C - sepsis", [("C", "both", "C - sepsis")]),
        ("C: the sepsis", [("C", "both", "C: the sepsis")]),
        ("C.sepsis", [("C", "both", "C.sepsis")]),
        ("sepsis (C)", [("C", "both", "sepsis (C)")]),
        ("sepsis, option C", [("C", "both", "sepsis, option C")]),
        ("sepsis (option C)", [("C", "both", "sepsis (option C)")]),
        ("sepsis - (C)", [("C", "both", "sepsis - (C)")]),
        ("sepsis C", [("C", "text", "sepsis"), ("C", "letter", "C")]),
        ("sepsis\noption C", [("C", "text", "sepsis"), ("C", "letter", "C")]),
        ("sepsis (c)", [("C", "text", "sepsis"), ("c", "letter", "(c)")]),
        ("sepsis (B)", [("C/B", "both", "sepsis (B)")]),
        ("B: sepsis", [("B/C", "both", "B: sepsis")]),
        ("B. sepsis.", [("B/C", "both", "B. sepsis")]),
        ("B. The sepsis.", [("B/C", "both", "B. The sepsis")]),
        ("B. sepsis is rare", [("B", "letter", "B"), ("C", "text", "sepsis")]),
        ("B. sepsis, if so", [("B", "letter", "B"), ("C", "text", "sepsis")]),
        ("B: sepsis, because", [("B/C", "both", "B: sepsis")]),
        ("B sepsis", [("B/C", "both", "B sepsis")]),
        ("a sepsis", [("a", "letter", "a"), ("C", "text", "sepsis")]),
        ("a: sepsis", [("A/C", "both", "a: sepsis")]),
        ("C-reactive, D-dimer, B12, O'Neil, pH-A, E2", []),
        ("it's C's", []),
        ("答案是C因", [("C", "letter", "C")]),
        ("éC", []),
        ("", []),
    ],
)
def test_names(text, found):
    assert names(text) == found


def test_a_text_inside_of_which_a_letter_stands():
    hepatitis = prepared(("hepatitis B", "hepatitis C", "E. coli"))
    assert names("hepatitis C", hepatitis) == [("B", "text", "hepatitis C")]
    assert names("B. hepatitis C", hepatitis) == [("B", "both", "B. hepatitis C")]
    assert names("E. coli", hepatitis) == [("C", "text", "E. coli")]


@pytest.mark.parametrize(
    ("options", "letters"),
    [
        (("gout", "gout", "sepsis"), "C"),
        (("A", "B", "AB"), "C"),
        (("", "-", "sepsis"), "C"),
        (("1", "2", "3"), "ABC"),
        (("no", "none"), "AB"),
    ],
)
def test_which_texts_are_looked_for(options, letters):
    read = prepared(options)
    assert [letter for letter, text in zip("ABC", options, strict=False) if read.own.fullmatch(text)] == list(letters)


def test_what_is_known_of_options():
    options = prepared(("not mentioned", "gout", "gout of the toe", "unable", "5", "it isn't so", "nonsense"))
    assert options.letters == "ABCDEFG"
    assert options.negative == {"A", "D", "F"}
    assert options.begun == {"B"}
    assert prepared(("gout", "gout")).begun == set()


def groups(text, options=OPTIONS):
    made = passage(text)
    joined = option_groups.joined(made, option_names.find(made, options), options)
    return ["".join(called.name.values[0] for called in group) for group in joined]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("A, B and C", ["ABC"]),
        ("A, B, and C", ["ABC"]),
        ("A/C", ["AC"]),
        ("A & C", ["AC"]),
        ("A + C", ["AC"]),
        ("A > C > B", ["ACB"]),
        ("A or B.", ["AB"]),
        ("A vs. B", ["AB"]),
        ("A et B", ["AB"]),
        ("(A) (C)", ["AC"]),
        ("A: C", ["AC"]),
        ("A C", ["A", "C"]),
        ("A; C", ["A", "C"]),
        ("A. C", ["A", "C"]),
        ("A\nC", ["A", "C"]),
        ("A\n(C)", ["A", "C"]),
        ("A, B are wrong", ["AB"]),
        ("A, B need it", ["A", "B"]),
        ("A, B and C are wrong", ["ABC"]),
        ("A (10%), C (20%)", ["AC"]),
        ("A (less likely), C", ["AC"]),
        ("A is wrong, C", ["A", "C"]),
        ("a or b", ["ab"]),
        ("A or b", ["A", "b"]),
        ("gout or sepsis", ["AC"]),
        ("gout, sepsis", ["AC"]),
        ("gout: sepsis", ["A", "C"]),
        ("gout sepsis", ["A", "C"]),
        ("gout; sepsis", ["AC"]),
        ("gout or sepsis of the toe", ["A", "C"]),
    ],
)
def test_joined(text, joined):
    assert groups(text) == joined


@pytest.mark.parametrize(
    ("text", "n"), [("A, B and C are wrong", 3), ("C, A and B are wrong", 2), ("A, B is wrong", 1)]
)
def test_of_how_many_a_verdict_is(text, n):
    made = passage(text)
    (group,) = option_groups.joined(made, option_names.find(made, OPTIONS), OPTIONS)
    assert option_groups.n_called(group, group[-1].verdict) == n


def ended(text):
    made = passage(text)
    return option_ends.is_ended(made, option_names.find(made, OPTIONS)[0])


ENDED = [
    *("C", "C.", "C. The", "C\nD", "C:", "C)", "C]", "C;", "C =", "C <", "C!", "C?", "C →", "C, so", "C - no", "C—no"),
    *("C – no", "C (no)", "C [no]", "C(no)", "C because", "C/D", "C and D", "C, D", "C or D.", "C > D", "C. the"),
    *("(C) fits", "C -", "C >", "C. (no", "C |", "C. sepsis fits", "C - sepsis of", "sepsis with"),
    *("sepsis", "sepsis.", "sepsis, so", "sepsis and", "sepsis because", "sepsis is wrong", "sepsis - no"),
    *("sepsis (no)", "sepsis\nso"),
]
GOING_ON = [
    *["A 54-year-old", "I, too", "A disease", "C coli", "c(14)", "C and the", "A/an ratio", "E. coli"],
    *["sepsis of the toe", "sepsis%", "sepsis > 5", "sepsis/shock", "sepsis needs", "sepsis + shock"],
]


@pytest.mark.parametrize("text", ENDED)
def test_a_name_that_ends(text):
    assert ended(text)


@pytest.mark.parametrize("text", GOING_ON)
def test_a_name_that_may_go_on(text):
    made = passage(text)
    found = option_names.find(made, OPTIONS)
    assert not found or not option_ends.is_ended(made, found[0])
