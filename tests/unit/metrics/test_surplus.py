"""Which answers say more than was asked, judged by hand."""

from clue_lib import answers
from clue_lib.metrics import surplus
from clue_lib.tasks import mednli
from clue_lib.types import Parsed


def flags(kind, respond, cases, **kwargs):
    return [kind([respond(text, **kwargs)])[0] for text in cases]


OPTIONS = ("Acute pancreatitis", "Crohn disease", "Celiac disease")
MORE_THAN_A_LETTER = [
    "C because of the antibodies",
    "C\n\nExplanation: the antibodies are positive.",
    "The correct answer is C: Celiac disease. Crohn disease is unlikely.",
    "I think the answer is A.",
    "Final answer: A, since lipase rises.",
    "C (100 %)",
    "C\nuser",
    "The answer is C, not A.",
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
    "So the answer is C.",
    r"\boxed{\mathrm{C}}",
    r"$\mathbf{C}$",
    "Therefore, the correct answer is C. Celiac disease",
    "I choose C.",
    "Ans: C",
    "<b>C</b>",
    "The answer to this question is C.",
    '{"answer_choice": "C"}',
    "<think>The antibodies are positive.</think>\nC",
    "A or B, which is a hard choice",  # unparsed: counted there
    "",
]


def test_extra_text_around_a_letter(respond):
    given = {"parse": answers.option, "options": OPTIONS}
    assert flags(surplus.extra_text, respond, MORE_THAN_A_LETTER, **given) == [1] * len(MORE_THAN_A_LETTER)
    assert flags(surplus.extra_text, respond, A_LETTER, **given) == [0] * len(A_LETTER)


def test_extra_text_around_a_label(respond):
    more = [
        "The premise entails the hypothesis, as he has gout.",
        "neutral\n\nThe premise does not say.",
        "It is clearly neutral",
    ]
    label = [
        "The premise entails the hypothesis.",
        "The relationship is contradiction.",
        "neutral",
        "Answer: neutral.",
        "**Entailed**",
        "The correct label is contradiction.",
        "neutral neutral",
    ]
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
        "| Diagnosis | ICD-10 code |\n|---|---|\n| Hypertension | I10 |",
        "Condition\tCode\tDescription\nHypertension\tI10\tEssential hypertension",
        "1. Hypertension\n   I10\n2. Type 2 diabetes with kidney disease\n   E11.9",
        "Primary diagnosis:\nI10",
        '```json\n["I10"]\n```',
    ]
    assert flags(surplus.extra_text, respond, more, parse=parse) == [1] * len(more)
    assert flags(surplus.extra_text, respond, codes, parse=parse) == [0] * len(codes)


def test_free_text_has_nothing_extra(respond):
    assert surplus.extra_text([respond("What is gout? I wonder.", "What is gout?")]) == [0]
