"""Which answers are in another language, judged by hand."""

import importlib.metadata
import time

import pytest

from clue_lib.metrics import METRICS, language, wordlists

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
    "German question": "Wie behandelt man Gicht?",
    "French question": "Quel est le traitement de la goutte ?",
    "Spanish question": "¿Cómo se trata la gota?",
    "Turkish": "Gut nasıl tedavi edilir?",
    "Polish problems": "Niewydolność serca; cukrzyca; nadciśnienie tętnicze",
    "German problems": "Herzinsuffizienz, Vorhofflimmern, Niereninsuffizienz",
    "French problems": "Insuffisance rénale aiguë; Hypertension artérielle; Fibrillation auriculaire",
    "half Spanish": "El paciente has hypertension y diabetes y toma metformina cada día",
    "Swahili": "Je, madhara ya metformin ni yapi?",
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
    "eponyms with accents": "Sézary syndrome; Ménétrier disease; Dejerine-Roussy syndrome",
    "loan words": "Torsades de pointes; Café-au-lait; Tic douloureux; Grand mal",
    "bacteria": "Pseudomonas aeruginosa, Klebsiella pneumoniae, Clostridioides difficile and Enterococcus faecalis",
    "anatomy": "musculus sternocleidomastoideus, arteria carotis interna, vena cava superior",
    "drugs": "metoprolol, lisinopril, atorvastatin, rivaroxaban, apixaban, dabigatran",
    "abbreviations": "CHF, COPD, DM2, HTN, CAD s/p CABG, AF on warfarin, CKD III",
    "short question": "Does Lovaza contain vitamin A?",
    "two words": "CT contrast",
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


def test_no_language_is_in_two_families_or_a_failure_and_none():
    lists = wordlists.load().languages
    languages = [*lists.own, *(language for family in lists.families.values() for language in family)]
    assert len(set(languages)) == len(languages)


def test_signature_names_the_classifier_and_its_version():
    version = importlib.metadata.version("py3langid")
    assert METRICS["other_language"].signature == f"other_language|v2|strict|py3langid={version}"


def test_two_thousand_answers_take_seconds(respond):
    texts = 200 * list(OTHER.values())
    responses = [respond(f"{text} {number}") for number, text in enumerate(texts[:2000])]
    start = time.perf_counter()
    language.other_language(responses)
    assert time.perf_counter() - start < 20


def test_what_was_thought_is_not_judged(respond):
    assert language.other_language([respond(f"<think>{OTHER['German']}</think>What is gout?")]) == [0.0]
    assert language.other_language([respond(f"<think>What is gout?</think>{OTHER['German']}")]) == [1.0]
