"""What a text says of each condition that it names, worked by hand."""

import pytest

from clue_lib.terminology import OpenLinker
from clue_lib.terminology.claims import claims_in

LINKER = OpenLinker()

# By hand: text; then of each claim its name as written, polarity, experiencer, time, values.
BY_HAND = [
    ("No infarct, seizure or nausea.", [("infarct", "absent"), ("seizure", "absent"), ("nausea", "absent")]),
    ("Denies gout, has asthma.", [("gout", "absent"), ("asthma", "present")]),
    ("No fever, now with sepsis.", [("fever", "absent"), ("sepsis", "present")]),
    ("No gout, but asthma.", [("gout", "absent"), ("asthma", "present")]),
    ("Gout was ruled out.", [("Gout", "absent")]),
    ("Gout cannot be ruled out.", [("Gout", "possible")]),
    ("Likely gout, and asthma.", [("gout", "possible"), ("asthma", "present")]),
    (
        "Call if you have fever, nausea, or pain.",
        [("fever", "hypothetical"), ("nausea", "hypothetical"), ("pain", "hypothetical")],
    ),
    ("Did I have gout?", [("gout", "hypothetical")]),
    ("No change in asthma.", [("asthma", "present")]),
]


@pytest.mark.parametrize(("text", "told"), BY_HAND)
def test_polarity(text, told):
    found = [claim for claim in claims_in(text, LINKER) if not claim.is_inner]
    assert [(text[claim.start : claim.end], claim.polarity) for claim in found] == told


@pytest.mark.parametrize(
    ("text", "experiencer"),
    [
        ("Mother has gout.", "family"),
        ("Gout in his father.", "family"),
        ("Family History:\nGout, asthma.\n\nExam: well", "family"),
        ("Family History:\nnone\n\nExam: gout", "patient"),
        ("Wife reports gout.", "patient"),
        ("Lives with his wife. Gout.", "patient"),
    ],
)
def test_experiencer(text, experiencer):
    assert {claim.experiencer for claim in claims_in(text, LINKER)} == {experiencer}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("History of gout.", "past"),
        ("Gout, resolved.", "past"),
        ("Gout as a child.", "past"),
        ("Ongoing gout.", "now"),
        ("Gout.", ""),
        ("Colonoscopy is planned.", "planned"),
    ],
)
def test_time(text, time):
    assert {claim.time for claim in claims_in(text, LINKER)} == {time}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Left pleural effusion.", {("side", "left")}),
        ("Pleural effusion on the right.", {("side", "right")}),
        ("Pleural effusion, left.", {("side", "left")}),
        ("Pleural effusions on both sides.", {("side", "both")}),
        ("R pleural effusion.", {("side", "right")}),
        ("Given 2 L for pleural effusion.", set()),  # liters
        ("She left the ward with a pleural effusion.", set()),
        ("Call right away for pleural effusion.", set()),
        ("Mild asthma.", {("severity", "mild")}),
        ("Asthma is severe.", {("severity", "severe")}),
        ("Pancreatitis, acute.", {("course", "acute")}),
        ("Acute on chronic pancreatitis.", {("course", "acute"), ("course", "chronic")}),
        ("AKI.", {("course", "acute")}),
        ("Pressure ulcer, stage III.", {("grade", "3")}),
    ],
)
def test_values(text, values):
    outer = [claim for claim in claims_in(text, LINKER) if not claim.is_inner and claim.thing == "condition"]
    assert [set(claim.values) for claim in outer] == [values]


def test_places_are_those_of_the_text_as_written():
    text = "Crohn’s café: no gout"
    (claim,) = [claim for claim in claims_in(text, LINKER) if claim.keys == ("MeSH:gout",)]
    assert text[claim.start : claim.end] == "gout"


def test_the_name_without_its_modifier_is_a_key_too():
    (claim,) = [claim for claim in claims_in("chronic pancreatitis", LINKER) if not claim.is_inner]
    assert claim.keys == ("MeSH:pancreatitis, chronic", "MeSH:pancreatitis")


@pytest.mark.parametrize("text", ["", " ", "\x00", ",", ";", "no", "left", "R", "May", "family history:", "’"])
def test_a_text_that_names_nothing_claims_nothing(text):
    assert claims_in(text, LINKER) == ()
