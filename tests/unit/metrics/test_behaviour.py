"""Which answers count as which failure, judged by hand."""

import time

import pytest

from clue_lib.metrics import behaviour, echoes, leaks, refusals, surplus
from clue_lib.tasks import mednli
from clue_lib.types import Parsed


# Flags by hand: empty, truncated, unparsed. A prompt that did not fit ("context") was not cut by the token limit.
@pytest.mark.parametrize(
    ("text", "finish_reason", "flags"),
    [
        ("neutral", "stop", (0, 0, 0)),
        ("neutral, because", "length", (0, 1, 0)),
        ("because", "length", (0, 1, 1)),
        ("neutral or entailment", "stop", (0, 0, 1)),
        ("", "stop", (1, 0, 1)),
        (" \u00a0\n\t", "stop", (1, 0, 1)),
        ("", "length", (1, 1, 1)),
        ("", "context", (1, 0, 1)),
        (".", "stop", (0, 0, 1)),
    ],
)
def test_flags(respond, text, finish_reason, flags):
    responses = [respond(text, parse=mednli.parse, finish_reason=finish_reason)]
    found = behaviour.empty(responses), behaviour.truncated(responses), behaviour.unparsed(responses)
    assert found == tuple([flag] for flag in flags)


def test_ends_that_no_source_tells_are_no_flags(respond):
    responses = [respond("neutral", parse=mednli.parse, finish_reason="unknown")]
    assert behaviour.truncated(responses) == behaviour.unfinished_thought(responses) == [None]
    assert behaviour.empty(responses) == behaviour.unparsed(responses) == [0.0]


def test_text_is_judged_not_the_gold(respond):
    assert behaviour.empty([respond("x", "")]) == [0.0]
    assert behaviour.unparsed([respond("wrong", "right")]) == [0.0]


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


# By hand: words of the gold, words of the answer, flag. Too long: over both 3 × and + 10; too short: under a quarter.
@pytest.mark.parametrize(
    ("n_gold", "n_answer", "flag"),
    [
        (10, 30, 0),
        (10, 31, 1),
        (2, 12, 0),  # 6 times as long, but only 10 more
        (2, 13, 1),
        (8, 2, 0),
        (8, 1, 1),
        (6, 1, 1),
        (5, 1, 0),  # fewer than a quarter, but only 4 words are missing
        (3, 1, 0),
        (3, 0, 1),
        (100, 24, 1),
        (100, 25, 0),
    ],
)
def test_wrong_length(respond, n_gold, n_answer, flag):
    assert behaviour.wrong_length([respond("word, " * n_answer, "word " * n_gold)]) == [flag]


# By hand: an abbreviation counts as the words it stands for, in the table or in the gold.
@pytest.mark.parametrize(
    ("gold", "text", "flag"),
    [
        ("Acute exacerbation of chronic obstructive pulmonary disease", "COPD", 0),  # 4 words of 7
        ("You were told of a urinary tract infection", "UTI", 0),  # 3 words of 8
        ("Acute on chronic biventricular failure of heart", "ACB", 0),  # the gold's initials
        ("You were told of a urinary tract infection", "Infection", 1),
        (
            "Systemic lupus with nephritis, hypertension, anemia, gout, asthma, sepsis, and many other problems",
            "SLE",
            1,
        ),
        ("Yes, it was a stroke.", "Yes.", 0),
        ("What are other treatments for gout?", "Gout?", 1),
    ],
)
def test_an_abbreviation_is_not_too_short(respond, gold, text, flag):
    assert behaviour.wrong_length([respond(text, gold)]) == [flag]


def test_what_was_thought_has_no_length(respond):
    thought = "<think>" + "The sender asks about gout. " * 20 + "</think>"
    assert behaviour.wrong_length([respond(f"{thought}How is gout treated?", "How is gout treated?")]) == [0]


QUESTION = "A 31-year-old man has had palpitations for two hours. An urgent care clinic recorded a rapid tachycardia."


@pytest.mark.parametrize(
    "kind",
    [
        refusals.refusal,
        leaks.template_leakage,
        echoes.prompt_echo,
        surplus.extra_text,
        behaviour.wrong_length,
    ],
)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "\n",
        "<|",
        "i cannot ",
        "i'm sorry, ",
        "answer: ",
        "i can't give you ",
        "consult a ",
        "user:\n",
        "A 31-year-old man ",
        "<",
    ],
)
def test_a_megabyte_takes_seconds(respond, kind, unit):
    text = unit * (10**6 // len(unit))
    response = respond(text, fields={"question": QUESTION}, parse=lambda text, example: Parsed(value="A"))
    start = time.perf_counter()
    kind([response])
    assert time.perf_counter() - start < 10
