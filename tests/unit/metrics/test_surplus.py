"""Which answers repeat the prompt or say more than was asked, judged by hand."""

from clue_lib import answers
from clue_lib.metrics import surplus
from clue_lib.tasks import mednli
from clue_lib.types import Parsed


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


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
    assert flags(surplus.prompt_echo, respond, ECHOES, fields=FIELDS) == [1] * len(ECHOES)
    assert flags(surplus.prompt_echo, respond, NO_ECHOES, fields=FIELDS) == [0] * len(NO_ECHOES)


def test_what_the_gold_or_an_option_says_too_is_no_echo(respond):
    assert surplus.prompt_echo([respond(VIGNETTE, VIGNETTE, fields=FIELDS)]) == [0]
    fields = {"options": f"A: {VIGNETTE}\nB: gout"}
    assert surplus.prompt_echo([respond(f"A: {VIGNETTE}", "A", fields=fields, options=(VIGNETTE, "gout"))]) == [0]
    assert surplus.prompt_echo([respond(fields["options"], "A", fields=fields, options=(VIGNETTE, "gout"))]) == [1]


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
    assert flags(surplus.extra_text, respond, MORE_THAN_A_LETTER, **given) == [1] * len(MORE_THAN_A_LETTER)
    assert flags(surplus.extra_text, respond, A_LETTER, **given) == [0] * len(A_LETTER)


def test_extra_text_around_a_label(respond):
    more = ["The premise entails the hypothesis.", "neutral\n\nThe premise does not say.", "It is clearly neutral"]
    label = ["neutral", "Answer: neutral.", "**Entailed**", "The correct label is contradiction.", "neutral neutral"]
    assert flags(surplus.extra_text, respond, more, parse=mednli.parse) == [1] * len(more)
    assert flags(surplus.extra_text, respond, label, parse=mednli.parse) == [0] * len(label)


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
    assert flags(surplus.extra_text, respond, more, parse=parse) == [1] * len(more)
    assert flags(surplus.extra_text, respond, codes, parse=parse) == [0] * len(codes)


def test_free_text_has_nothing_extra(respond):
    assert surplus.extra_text([respond("What is gout? I wonder.", "What is gout?")]) == [0]
