"""The vocabulary: which terms MeSH, ICD-10-CM and clinicians share, judged by hand from the two classifications."""

import itertools
import re
import tomllib

import pytest

from clue_lib.terminology import lexicon, vocabulary
from clue_lib.terminology.words import normalise


@pytest.fixture(scope="module")
def terms():
    return lexicon.terms()


@pytest.fixture(scope="module")
def table():
    return tomllib.loads(vocabulary.ABBREVIATIONS.read_text(encoding="utf-8"))


def of(terms, *names):
    return {terms[normalise(name)] for name in names}


# Each line: one condition by several names, of MeSH (entry terms) and of ICD-10-CM (title or inclusion term, its code).
@pytest.mark.parametrize(
    "names",
    [
        ("Diabetes Mellitus, Type 2", "Type 2 diabetes mellitus", "Noninsulin-Dependent Diabetes Mellitus"),  # E11
        ("Acute Kidney Injury", "Acute kidney failure, unspecified", "Acute Renal Failure"),  # N17.9
        ("Hypertension", "High blood pressure"),
        ("Atrial Fibrillation", "Unspecified atrial fibrillation"),  # I48.91
        ("Anemia", "Anaemias", "Anemia, unspecified"),  # D64.9
        ("Lupus Erythematosus, Systemic", "Systemic lupus erythematosus (SLE)"),  # M32
    ],
)
def test_one_condition_is_one_concept(terms, names):
    assert len(of(terms, *names)) == 1


# The package gives each of these pairs one MeSH id, by mistake: in MeSH they are two descriptors.
@pytest.mark.parametrize(
    "names", [("pneumothorax", "pleural effusion"), ("anemia", "hemochromatosis"), ("coma", "akinetic mutism")]
)
def test_two_conditions_are_two_concepts(terms, names):
    assert len(of(terms, *names)) == 2


def test_conditions_under_an_other_code_are_no_synonyms(terms):
    # K76.89 "Other specified diseases of liver" lists both.
    assert len(of(terms, "Cyst (simple) of liver", "Hepatoptosis")) == 2


def test_synonyms_under_a_code_share_its_concept(terms):
    # R55 "Syncope and collapse" lists both.
    assert len(of(terms, "Syncope and collapse", "Blackout")) == 1


def test_people_and_feelings_of_meshs_psychology_are_no_terms(terms):
    assert not {"mother", "goal", "rating", "hope", "spouse"} & terms.keys()


def test_external_causes_are_no_terms(terms):
    assert not [concept for concept in set(terms.values()) if re.match("ICD10CM:[VWXY]", concept)]


def test_every_abbreviation_means_a_term(terms, table):
    pairs = itertools.chain.from_iterable(table[name].items() for name in ("any_case", "upper_case", "synonyms"))
    wrong = {short: term for short, term in pairs if not terms.get(normalise(term))}
    assert not wrong
    assert len(table["any_case"]) + len(table["upper_case"]) >= 150


def test_abbreviations_in_capitals_are_none_in_lower_case(table):
    assert all(short.isupper() for short in table["upper_case"])
    assert not {short.lower() for short in table["upper_case"]} & table["any_case"].keys()


def test_words_left_out_name_nothing(terms, table):
    assert {terms[normalise(term)] for term in table["left_out"]["terms"]} == {""}


@pytest.mark.parametrize(
    ("title", "spellings"),
    [
        ("Essential (primary) hypertension", ["essential primary hypertension", "essential hypertension"]),
        ("Gout, unspecified", ["gout unspecified", "gout"]),
        ("Hypertension NOS", ["hypertension nos", "hypertension"]),
        ("Unspecified asthma", ["unspecified asthma", "asthma"]),
        ("Gout", ["gout"]),
    ],
)
def test_spellings_of_a_title(title, spellings):
    assert vocabulary.spellings(title) == spellings
