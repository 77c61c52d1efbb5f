"""Which answers count as which failure, judged by hand."""

import time

import pytest

from clue_lib.metrics import behaviour, refusals, surplus
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


def test_text_is_judged_not_the_gold(respond):
    assert behaviour.empty([respond("x", "")]) == [0.0]
    assert behaviour.unparsed([respond("wrong", "right")]) == [0.0]


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


LEAKS = [
    "neutral<|im_end|>",
    "<|start_header_id|>assistant<|end_header_id|>\n\nneutral",
    "<|eot_id|>",
    "neutral</s>",
    "[INST] What is gout? [/INST]",
    "<<SYS>>\nYou are helpful.",
    "neutral\n\n### Instruction:\nNext",
    "neutral<end_of_turn>",
    "<｜end▁of▁sentence｜>",
    "assistant\nneutral",
    "Assistant: neutral",
    "neutral\nuser\nPremise: he has gout",
    "neutral\nHuman: and now?",
    "system\nYou are a helpful assistant.",
]
NO_LEAKS = [
    "",
    "neutral",
    "The medical assistant called the user: nobody came.",
    "Nervous system\nNo deficit",
    "pH < 7.2 | lactate > 4",
    "Hemoglobin [7.8 g/dL] <8>",
    "|a|b|\n|---|---|\n|1|2|",
    "# Instructions\nTake it twice daily.",
    "[**Last Name**] was seen.",
]


def test_template_leakage(respond):
    assert flags(behaviour.template_leakage, respond, LEAKS) == [1] * len(LEAKS)
    assert flags(behaviour.template_leakage, respond, NO_LEAKS) == [0] * len(NO_LEAKS)


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
        (3, 1, 0),
        (3, 0, 1),
        (100, 24, 1),
        (100, 25, 0),
    ],
)
def test_wrong_length(respond, n_gold, n_answer, flag):
    assert behaviour.wrong_length([respond("word, " * n_answer, "word " * n_gold)]) == [flag]


QUESTION = "A 31-year-old man has had palpitations for two hours. An urgent care clinic recorded a rapid tachycardia."


@pytest.mark.parametrize(
    "kind",
    [
        refusals.refusal,
        behaviour.template_leakage,
        surplus.prompt_echo,
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
