"""Which option a text picks: a list of traps read by hand, and what holds for any text."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.types import Example, Parsed, Unparsed

# `expected` is a reader's judgement: the letter, or the reason why there is none. \n stands for a line break.
TRAPS = Path(__file__).parent / "option_traps.csv"
REASONS = {"empty", "no option", "several options", "no such option"}
DISEASES = ("Acute pancreatitis", "Crohn disease", "Celiac disease", "Gallstones", "Ulcerative colitis")
PIECES = [
    "A",
    "b",
    "(c)",
    "D.",
    "G",
    "answer:",
    "the answer is",
    "final answer",
    "or",
    "\n",
    ",",
    "is wrong",
    "not",
    ": 10%",
    "(",
    "'",
    "**",
    "Crohn disease",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join)
OPTIONS = st.just(DISEASES) | st.lists(st.text(max_size=8), max_size=10).map(tuple)


def read(text, options=DISEASES):
    answer = answers.option(text, Example(id="1", cluster="1", fields={}, gold="A", options=options))
    return answer.value if isinstance(answer, Parsed) else answer.reason


def traps():
    with TRAPS.open(encoding="utf-8", newline="") as file:
        return [
            pytest.param(row["text"].replace("\\n", "\n"), tuple(row["options"].split("|")), row["expected"], id=f"{n}")
            for n, row in enumerate(csv.DictReader(file), start=2)
        ]


@pytest.mark.parametrize(("text", "options", "expected"), traps())
def test_trap(text, options, expected):
    assert read(text, options) == expected


@pytest.mark.parametrize(
    "shape", ["{}", "{}.", "({})", "**{}**", "'{}'", "It is {}.", "Answer: {}.", "The correct answer is {}: because."]
)
@pytest.mark.parametrize("letter", "ABCDE")
def test_each_letter_in_each_shape(shape, letter):
    assert read(shape.format(letter)) == letter


@given(TEXTS, OPTIONS)
@example("K. ", ("",))
@example("( \x00", ("(", "[", "\\"))
def test_any_text_reads_as_an_option_that_reads_as_itself_or_has_a_reason(text, options):
    answer = answers.option(text, Example(id="1", cluster="1", fields={}, gold="A", options=options))
    if isinstance(answer, Unparsed):
        assert answer.reason in REASONS
    else:
        assert ord(answer.value) - ord("A") < len(options)
        assert read(answer.value, options) == answer.value


@given(st.sampled_from(DISEASES), st.sampled_from(DISEASES))
def test_letter_with_a_text_is_read_only_where_they_agree(first, second):
    letter = "ABCDE"[DISEASES.index(first)]
    assert read(f"The correct answer is {letter}: {second}.") == (letter if first == second else "several options")


# What a careless pattern takes quadratic time for: 10^12 steps on these, days; we take about a second here.
LONG = {
    "letters": "A" * 10**6,
    "listed letters": "A, " * 333_333,
    "marks": "answer: " * 125_000,
    "marked letters": "answer: A, " * 90_000,
    "marks without a verb": "the answer to of for a b c d e " * 32_000,
    "blank": " \n" * 500_000,
    "lines": "\n".join(f"{n}. A" for n in range(100_000)),
    "letters on lines": "\nA" * 500_000,
    "own text": "Crohn disease, " * 66_000,
    "half of an own text": "Crohn " * 166_000,
    "brackets": "answer: " + "(" * 10**6,
    "calls correct": "so A is correct. " * 58_000,
    "invisible": "\u200b" * 10**6,
    "denied letters": "A. Incorrect. " * 71_000,
    "marked lists": "answer: A, B and C can be excluded. " * 28_000,
    "comments": "answer: A (less likely), " * 41_000,
    "items": "A: 10%, B: 20%, " * 62_000,
    "items on lines": "A: 10%\nB: 20%\n" * 71_000,
    "quotes": "'" * 10**6,
    "dashes": "answer: C" + "–" * 10**6,
    "next steps": "the most appropriate next step in " * 29_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_megabyte_takes_seconds(text):
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 20
