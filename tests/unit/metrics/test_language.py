"""Which answers are in another language, judged by hand."""

import time

import pytest

from clue_lib.metrics import language, wordlists

OTHER = {
    "Chinese word": "中性",
    "Chinese": "患者有胸痛,三天前开始。",
    "Russian": "Боль в груди",
    "Greek": "Ο ασθενής έχει πόνο",
    "Hindi": "क्या यह गाउट है",
    "more Arabic than English": "gout هو مرض يصيب المفاصل",
    "German": "Der Patient hat eine akute Pankreatitis und wird mit Antibiotika behandelt.",
    "French": "Le patient a une pancréatite aiguë et doit être traité par des antibiotiques.",
    "Spanish": "El paciente tiene una pancreatitis aguda y debe ser tratado con antibióticos en el hospital.",
    "Portuguese": "O paciente tem uma pancreatite aguda que não melhora com os remédios.",
    "Dutch": "De patiënt heeft een acute pancreatitis en wordt met antibiotica behandeld in het ziekenhuis van Gent.",
    "Vietnamese": "Bệnh nhân bị viêm tụy cấp và không được điều trị là các nguyên nhân của bệnh",
}
ENGLISH = {
    "nothing": "",
    "label": "neutral",
    "letter": "C",
    "digits": "42 %",
    "sentence": "The patient has acute pancreatitis and is treated with antibiotics.",
    "problems without a function word": "Sepsis; acute kidney injury; COPD exacerbation; LE edema; gout; HTN",
    "Greek letters": "β-hCG is low, α-fetoprotein is normal",
    "eponyms": "Guillain-Barré syndrome, Sjögren syndrome, Ménière disease, Behçet disease, Löffler endocarditis",
    "Latin": "status post lapse in situ, ductus arteriosus, foramen ovale, per os, pro re nata, ad libitum, in vitro",
    "names": "Seen by Dr. van den Berg and Dr. de la Cruz on the ward; the plan is to start heparin.",
    "quotes foreign words": "The patient said that he has 'una fiebre que no se va' and asks for help with it.",
    "short": "Der Patient hat Fieber.",  # a documented limit: too few words to tell
    "emoji": "👍",
}


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_other_language(respond, text):
    assert language.other_language([respond(text)]) == [1.0]


@pytest.mark.parametrize("text", ENGLISH.values(), ids=ENGLISH)
def test_english_or_too_little_to_tell(respond, text):
    assert language.other_language([respond(text)]) == [0.0]


@pytest.mark.parametrize("unit", ["a", "中", "der und ", "é ", "1", "\u0301"])
def test_a_megabyte_takes_seconds(respond, unit):
    start = time.perf_counter()
    language.other_language([respond(unit * (10**6 // len(unit)))])
    assert time.perf_counter() - start < 20


def test_no_foreign_function_word_is_an_english_one():
    lists = wordlists.load().function_words
    assert not lists.english & frozenset().union(*lists.foreign.values())
