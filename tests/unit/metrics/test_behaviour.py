"""Which answers count as which failure, judged by hand."""

import time

import pytest

from clue_lib import answers
from clue_lib.metrics import behaviour
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


REFUSALS = [
    "I cannot provide medical advice.",
    "I can’t help with that.",
    "I'm sorry, but the letters do not say.",
    "As an AI language model, I have no access to patients.",
    "**Sorry, I am not able to say.**",
    "Unfortunately, I cannot reliably determine the diagnosis.",
    "Please consult your doctor.",
    "It is best to consult with a qualified healthcare professional about your symptoms.",
    "You should seek medical attention.",
    "I am sorry, I cannot help with that.",
    "I'm sorry. I can't help with this request.",
    "I'm really sorry, but I can't help.",
    "I'm sorry to hear that you have gout, but I can't give medical advice.",
    "Sorry, I don't know.",
    "I apologize for the confusion, but I am unable to answer.",
    "Unfortunately, I am unable to answer.",
    "I'm afraid I can't answer that.",
    "I cannot make a diagnosis.",
    "I can not give you a definitive answer.",
    "I cannot recommend a treatment.",
    "I'm not qualified to give medical advice.",
    "I am not qualified to say.",
    "**Answer:** I'm sorry, but I cannot help.",
    "Final answer: I cannot help.",
    "I don't have access to patient records.",
    "I do not have access to the letters.",
    "I can't provide medical advice. Is there something else I can help you with?",  # the question comes after it
]
NO_REFUSALS = [
    "",
    "I cannot sleep; what helps?",  # a patient's complaint
    "What can I do if I can't help scratching?",
    "When should someone consult a doctor about back pain?",  # a question
    "The question cannot be answered with these letters.",  # of LongHealth's options
    "Cannot be answered with the documents",
    "Stop the steroid after two days. If your sugars stay high, consult your doctor.",  # advice beside an answer
    "Is it dangerous that I can not provide a urine sample?",
    "He refused surgery, as an aide told him that it would not help.",
    "I cannot give up smoking; how can I stop?",
    "I cannot give up smoking. How can I stop?",
    "I can't make a fist. What is wrong?",
    "I can't help my cough.",
    "I don't have access to a doctor, who can help?",
    "I don't have access to a gym.",
    "I can't recommend taking ibuprofen with lithium.",  # advice
    "I'm sorry, but what is gout?",
    "Sorry, what is gout?",
    "I'm sorry to hear that. Gout is treated with colchicine.",
    "Sorry for the confusion, but the dose is 20 mg.",
    "Unfortunately, the tumor cannot be removed.",
    "Unfortunately, I have gout.",
    "The patient cannot give a history.",
    "The patient is unable to provide a history.",
    "Sorry state of nutrition",
    "Answer: gout",
]


def test_refusals(respond):
    assert flags(behaviour.refusal, respond, REFUSALS) == [1] * len(REFUSALS)
    assert flags(behaviour.refusal, respond, NO_REFUSALS) == [0] * len(NO_REFUSALS)


def test_an_answer_that_was_read_or_that_the_gold_gives_is_no_refusal(respond):
    text = "As an AI language model, I read it as neutral."
    assert behaviour.refusal([respond(text, "neutral", parse=mednli.parse)]) == [0]
    assert behaviour.refusal([respond("As an AI language model, I can't say.", parse=mednli.parse)]) == [1]
    assert behaviour.refusal([respond("Consult your doctor.", "Consult a doctor at once.")]) == [0]
    assert behaviour.refusal([respond("I cannot help.", "I cannot help.")]) == [1]


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


VIGNETTE = "A 31-year-old man has had palpitations for two hours. An urgent care clinic recorded a rapid tachycardia."
HYPOTHESIS = "The patient has a history of gout."
LETTER = (
    "Dear colleague, thank you for referring this man to us. "
    + "The scan of his chest showed no clot in any lung artery. "
)
FIELDS = {"question": VIGNETTE, "hypothesis": HYPOTHESIS, "short": "He has gout.", "letter": LETTER}
ECHOES = [
    VIGNETTE,
    VIGNETTE.upper(),
    "A 31-year-old man has had palpitations for two hours. An urgent care",  # 14 words, cut off
    f"Question: {VIGNETTE}\nAnswer: B",
    f"Hypothesis: {HYPOTHESIS}",
    LETTER,
]
NO_ECHOES = [
    "",
    "B",
    "A 31-year-old man has had palpitations for two hours.",  # the first 11 words
    "He has gout.",  # too short a field to tell from an answer
    f"{HYPOTHESIS} This is likely, as he takes allopurinol and colchicine daily at home.",  # 7 words of 19
    "The scan of his chest showed no clot in any lung artery.",  # quoted from inside a letter
    "An urgent care clinic recorded a rapid tachycardia. A 31-year-old man has had palpitations.",
]


def test_prompt_echo(respond):
    assert flags(behaviour.prompt_echo, respond, ECHOES, fields=FIELDS) == [1] * len(ECHOES)
    assert flags(behaviour.prompt_echo, respond, NO_ECHOES, fields=FIELDS) == [0] * len(NO_ECHOES)


def test_what_the_gold_or_an_option_says_too_is_no_echo(respond):
    assert behaviour.prompt_echo([respond(VIGNETTE, VIGNETTE, fields=FIELDS)]) == [0]
    fields = {"options": f"A: {VIGNETTE}\nB: gout"}
    assert behaviour.prompt_echo([respond(f"A: {VIGNETTE}", "A", fields=fields, options=(VIGNETTE, "gout"))]) == [0]
    assert behaviour.prompt_echo([respond(fields["options"], "A", fields=fields, options=(VIGNETTE, "gout"))]) == [1]


OPTIONS = ("Acute pancreatitis", "Crohn disease", "Celiac disease")
MORE_THAN_A_LETTER = [
    "C because of the antibodies",
    "C\n\nExplanation: the antibodies are positive.",
    "The correct answer is C: Celiac disease. Crohn disease is unlikely.",
    "I think the answer is A.",
    "Final answer: A, since lipase rises.",
]
A_LETTER = [
    "C",
    "**C**",
    "The correct answer is C: Celiac disease.",
    "The most likely diagnosis is celiac disease (C).",
    '{"answer": "C"}',
    r"\boxed{\text{C}}",
    "Celiac disease",
    "C\nC\nC",
    "A or B, which is a hard choice",  # unparsed: counted there
    "",
]


def test_extra_text_around_a_letter(respond):
    given = {"parse": answers.option, "options": OPTIONS}
    assert flags(behaviour.extra_text, respond, MORE_THAN_A_LETTER, **given) == [1] * len(MORE_THAN_A_LETTER)
    assert flags(behaviour.extra_text, respond, A_LETTER, **given) == [0] * len(A_LETTER)


def test_extra_text_around_a_label(respond):
    more = ["The premise entails the hypothesis.", "neutral\n\nThe premise does not say.", "It is clearly neutral"]
    label = ["neutral", "Answer: neutral.", "**Entailed**", "The correct label is contradiction.", "neutral neutral"]
    assert flags(behaviour.extra_text, respond, more, parse=mednli.parse) == [1] * len(more)
    assert flags(behaviour.extra_text, respond, label, parse=mednli.parse) == [0] * len(label)


def test_extra_text_around_codes(respond):
    def parse(text, example):
        return Parsed(value=tuple(code for code in ("E11.9", "I10") if code in text))

    more = [
        "E11.9\nI10\nThe patient also has gout.",
        "The patient has diabetes:\nE11.9",
        "E11.9\n\nNote: see the letter",
    ]
    codes = [
        "E11.9, I10",
        "ICD-10-CM codes:\nE11.9\nI10",
        "E11.9: Type 2 diabetes mellitus\n- I10 Hypertension",
        "I10.",
    ]
    assert flags(behaviour.extra_text, respond, more, parse=parse) == [1] * len(more)
    assert flags(behaviour.extra_text, respond, codes, parse=parse) == [0] * len(codes)


def test_free_text_has_nothing_extra(respond):
    assert behaviour.extra_text([respond("What is gout? I wonder.", "What is gout?")]) == [0]


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


@pytest.mark.parametrize(
    "kind",
    [
        behaviour.refusal,
        behaviour.template_leakage,
        behaviour.prompt_echo,
        behaviour.extra_text,
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
    response = respond(unit * (10**6 // len(unit)), fields=FIELDS, parse=lambda text, example: Parsed(value="A"))
    start = time.perf_counter()
    kind([response])
    assert time.perf_counter() - start < 10
