"""Which texts end in a loop, judged by hand, and that finding it is linear."""

import time
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.metrics import loops

LOOPS = {
    "word": "neutral " * 20,
    "sentence": "The patient has pain. The patient has pain. The patient has pain.",
    "after a good start": "What is gout?" + " Is it gout?" * 4,
    "last copy cut": "It is the liver. It is the liver. It is the liver. It is the li",
    "upper and lower case": "Chest pain, chest pain, CHEST PAIN, chest pain, ",
    "numbered list": "1. Chest pain\n2. Chest pain\n3. Chest pain\n4. Chest pain\n",
    "codes": "E11.9, E11.9, E11.9, E11.9, E11.9, E11.9, E11.9",
    "closed by a full stop": "the pain of the pain of the pain of the pain of.",
    "Chinese": "患者有胸痛。" * 7,
    "Arabic": "ألم في الصدر " * 4,
    "emoji": "😀" * 40,
    "emoji of several characters": "👩🏽‍⚕️" * 8,
    "letters": "a" * 40,
    "counted sentences": "Day 1: stable. Day 2: stable. Day 3: stable. Day 4: stable.",
    "counted lines": "Step 1: Look at the toe.\nStep 2: Look at the toe.\nStep 3: Look at the toe.",
    "counted from nine to eleven": "Visit 9: no change.\nVisit 10: no change.\nVisit 11: no change.",
    "counted in words": "First, look at the toe. Second, look at the toe. Third, look at the toe.",
    "lettered": "a) the pain is bad\nb) the pain is bad\nc) the pain is bad",
    "Roman": "I. Look at the toe. II. Look at the toe. III. Look at the toe.",
    "years": "2021: gout. 2022: gout. 2023: gout. 2024: gout.",
    "more and fewer blank lines": "Sepsis\n\n\n\nSepsis\n\nSepsis\nSepsis\n\nSepsis\n\n\nSepsis\nSepsis",
    "a long unit": ("A unit that is a whole sentence of many words, which no n-gram of ten would see as one. " * 3),
}
NO_LOOPS = {
    "nothing": "",
    "one word": "gout",
    "no, three times": "No. No. No.",
    "a short loop": "the pain of the pain of the pain of",  # 35 characters
    "39 characters": "a" * 39,
    "twice": "The patient has a sharp pain in the chest. The patient has a sharp pain in the chest.",
    "left again": "neutral " * 20 + "because the premise does not say whether the fever came first",
    "a list of different codes": "E11.9, E11.65, I10, I25.10, N18.3, Z79.4, J44.1, K21.9",
    "a counted list": "1. Pain\n2. Fever\n3. Cough\n4. Rash\n5. Gout\n6. Sepsis",
    "counted codes": "E11.1, E11.2, E11.3, E11.4, E11.5, E11.6, E11.7, E11.8",
    "values": "Hgb 12, Hgb 11, Hgb 9, Hgb 13, Hgb 8, Hgb 10, Hgb 12, Hgb 11",
    "temperatures": "T 37.1, T 37.5, T 38.2, T 38.9, T 37.0, T 36.9, T 37.4",
    "counted days": "Day 1: fever. Day 2: cough. Day 3: rash. Day 4: well again.",
    "doses": "Take 1 tablet in the morning. Take 2 tablets at noon. Take 1 tablet at night.",
    "like sentences": "No chest pain is reported. No back pain is reported. No leg pain is reported.",
    "Chinese": "患者有胸痛,三天前开始,伴有发热和咳嗽,既往有高血压和糖尿病,目前服用两种药物治疗,没有过敏史。",
}


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS)
def test_text_that_ends_in_a_loop(respond, text):
    assert loops.repetition_loop([respond(text)]) == [1.0]


@pytest.mark.parametrize("text", NO_LOOPS.values(), ids=NO_LOOPS)
def test_text_without_a_loop_at_its_end(respond, text):
    assert loops.repetition_loop([respond(text)]) == [0.0]


def test_a_loop_in_a_thought_counts_only_if_it_never_ended(respond):
    loop = "The answer is C. " * 5
    assert loops.repetition_loop([respond(f"<think>{loop}</think>\nC")]) == [0.0]
    response = respond("")
    unfinished = msgspec.structs.replace(response.generation, thought=loop, has_unfinished_thought=True)
    assert loops.repetition_loop([replace(response, generation=unfinished)]) == [1.0]


def ends_in_copies(text):
    """The definition word for word, in cubic time; the last copy may lack two characters of punctuation and space."""
    return any(
        all(text[-i] == text[-i - period] for i in range(1, length - period + 1))
        for period in range(1, (len(text) + 2) // 3 + 1)
        for length in range(max(40, 3 * period - 2), len(text) + 1)
    )


@given(st.text("ab", max_size=12), st.text("ab", min_size=1, max_size=9), st.integers(0, 15), st.integers(0, 3))
def test_same_as_trying_every_unit(start, unit, n_copies, n_cut):
    text = start + (unit * n_copies)[: len(unit) * n_copies - n_cut]
    assert loops.has_loop(text) == ends_in_copies(text)


def fibonacci_word(n):
    before, word = "a", "ab"
    while len(word) < n:
        before, word = word, word + before
    return word[:n]


# The worst a search by units can meet: long near-copies everywhere. A quadratic one takes 10^12 steps.
@pytest.mark.parametrize(
    "text", [fibonacci_word(10**6) + "x", "a" * 10**6 + "b", "ab" * 500_000 + "a" * 38, "x" + "a" * 38 + "." * 10**6]
)
def test_a_megabyte_takes_seconds(text):
    start = time.perf_counter()
    loops.has_loop(text)
    assert time.perf_counter() - start < 20
