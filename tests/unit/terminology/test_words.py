"""How texts become words: expected by hand, from the docstring's rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.terminology import words


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Diabetes Mellitus, Type 2", "diabete mellitus type 2"),  # a plural s goes, also where it is none
        ("Crohn's disease", "crohn disease"),
        ("Crohn’s Diseases", "crohn disease"),
        ("Guillain-Barré syndrome", "guillain barre syndrome"),
        ("haemorrhagic anaemias", "hemorrhagic anemia"),
        ("oedema", "edema"),
        ("allergies", "allergy"),
        ("abscesses", "abscess"),
        ("reflexes", "reflex"),
        ("sepsis", "sepsis"),  # -is, -us and -ss are no plurals
        ("thrombus", "thrombus"),
        ("abscess", "abscess"),
        ("DVTs", "dvt"),
        ("gas", "gas"),  # words of three letters stay
        ("N/V", "n v"),
        ("— !", ""),
        ("", ""),
    ],
)
def test_normalised(text, normal):
    assert words.normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anemia; gout", ["Anemia", ";", "gout"]),
        ("No gout. Fever", ["No", "gout", ";", "Fever"]),
        ("B12 of 3.5", ["B12", "of", "3", "5"]),  # a point within a number ends nothing
        ("Gout\nFever", ["Gout", ";", "Fever"]),  # a new item
        ("Gout\n- fever", ["Gout", ";", "fever"]),
        ("Gout\n\nfever", ["Gout", ";", "fever"]),
        ("acute kidney\n  injury", ["acute", "kidney", "injury"]),  # a wrapped line
        ("kidney_injury", ["kidney", "injury"]),
    ],
)
def test_split(text, expected):
    assert words.split(text) == expected


@given(st.text())
def test_any_text_splits_into_words_and_breaks(text):
    assert all(word == words.BREAK or word.isalnum() for word in words.split(text))


# The time of 1 MB against that of a tenth of it: 10 where it is linear, 100 where it is quadratic.
@pytest.mark.parametrize("unit", ["\n", "\n ", " \t", ". ", "a ", "é", "''"])
def test_time_is_linear(unit):
    seconds = []
    for n_bytes in (100_000, 1_000_000):
        text = unit * (n_bytes // len(unit))
        start = time.process_time()
        words.split(text)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 40 * max(seconds[0], 0.005)
