"""Contradicted and omitted claims against traps and values worked by hand."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from clue_lib.metrics import claims, numbers
from clue_lib.types import Example

DATA = Path(__file__).parents[2] / "data"

# A later clause takes back what an earlier one names ("COPD label removed … no COPD"): both stand in the chart then.
# "Family history of stroke" is one term of ICD-10-CM, so that its denial reads as one of stroke in a relative, inside a
# longer name. "Getting better" behind a comma speaks of something else as often.
KNOWN_WRONG = {
    ("polarity", "COPD label removed; spirometry normal, no COPD."),
    ("polarity", "He cannot be said to have dementia; no dementia at baseline."),
    ("experiencer", "No family history of stroke. Patient had a stroke."),
    ("severity", "Subacute cough, getting better."),
    # Held out: "none" is read nowhere, since it speaks of what was not named.
    ("polarity", "Trauma survey found no rib fractures."),
}


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def example(source, gold=""):
    return Example(id="x", cluster="x", fields={"note": source}, gold=gold)


def is_flagged(text, source):
    asked = example(source)
    return bool(claims.contradictions(text, asked) or numbers.unsupported(text, asked))


def is_right(row):
    return (
        is_flagged(row["false"], row["source"])
        and not is_flagged(row["true"], row["source"])
        and not is_flagged(row["paraphrase"], row["source"])
    )


@pytest.mark.parametrize(("name", "n"), [("claim_traps.tsv", 205), ("claim_traps_held_out.tsv", 60)])
def test_traps(name, n):
    traps = rows(name)
    assert len(traps) == n
    wrong = {(row["kind"], row["source"]) for row in traps if not is_right(row)}
    assert wrong == {(row["kind"], row["source"]) for row in traps} & KNOWN_WRONG
    assert len(wrong) <= 0.05 * n


# By hand: the source, the answer, how many of its claims are contradicted, how many it makes.
BY_HAND = [
    ("Denies fever. Right hip fracture.", "Fever; left hip fracture; right hip.", 2, 3),
    ("No fever on day 1. Fever on day 2.", "Fever.", 0, 1),
    ("No fever on day 1. Fever on day 2.", "No fever.", 0, 1),
    ("No fever.", "Possible fever.", 0, 1),
    ("Gout.", "No gout, no asthma.", 1, 2),  # asthma stands nowhere: that is no contradiction
    ("No urinary tract infection.", "An infection.", 0, 1),  # a narrower denial denies no infection
    ("Urinary tract infection.", "No infection.", 1, 1),
    ("Left pleural effusion; right pleural effusion.", "Bilateral pleural effusion.", 0, 1),
    ("Bilateral pleural effusions.", "Left pleural effusion.", 0, 1),
    ("Left pleural effusion.", "Bilateral pleural effusion.", 1, 1),
    ("Return if you have a fever.", "You had a fever.", 0, 1),  # a warning tells of no patient
    ("nothing", "nothing", 0, 0),
]


@pytest.mark.parametrize(("source", "text", "n_contradicted", "n_claims"), BY_HAND)
def test_shares_worked_by_hand(respond, source, text, n_contradicted, n_claims):
    response = ask(respond, text, source)
    assert claims.n_contradicted([response]) == [n_contradicted]
    assert claims.contradicted_claims([response]) == [n_contradicted / n_claims if n_claims else 0.0]


def ask(respond, text, source, gold="-"):
    response = respond(text, gold)
    return replace(response, example=example(source, gold))


def test_an_empty_answer_says_nothing_and_omits_all(respond):
    response = ask(respond, " ", "Gout.", gold="Gout.")
    assert claims.contradicted_claims([response]) == [None]
    assert claims.omitted_claims([response]) == [1.0]
    assert numbers.unsupported_numbers([response]) == [None]


# By hand: reference, answer, share of the reference's claims that it lacks.
OMITTED = [
    ("acute kidney injury; gout", "AKI, and an attack of gout", 0.0),
    ("acute kidney injury; gout", "gout; sepsis; fever", 1 / 2),
    ("no fever; gout", "fever; gout", 1 / 2),  # said, but the other way round
    ("left hip fracture", "right hip fracture", 1.0),
    ("left hip fracture", "hip fracture", 0.0),
    ("left hip fracture", "fracture", 1.0),
    ("annual visit", "gout", None),
]


@pytest.mark.parametrize(("gold", "text", "share"), OMITTED)
def test_omitted_worked_by_hand(respond, gold, text, share):
    assert claims.omitted_claims([ask(respond, text, "chart", gold)]) == [share]


@pytest.mark.parametrize(
    ("gold", "text", "n"),
    [
        ("No. It was clear.", "Yes. It was.", 1),
        ("Yes, call us.", "No.", 1),
        ("No.", "No, it was not.", 0),
        ("It is.", "No.", 0),
    ],
)
def test_yes_and_no_are_claims(respond, gold, text, n):
    assert claims.n_contradicted([ask(respond, text, "Was it broken?", gold)]) == [n]


def test_who_asks_for_a_relative_makes_her_the_patient(respond):
    response = ask(respond, "Your mother has gout.", "Gout.")
    of_mother = replace(response.example, fields={"letter": "Gout.", "question": "What does my mother have?"})
    assert claims.n_contradicted([response, replace(response, example=of_mother)]) == [1, 0]


def test_both_places_of_a_contradiction():
    asked = example("Cough. No fever.")
    (found,) = claims.contradictions("Gout and fever", asked)
    assert "Gout and fever"[found.answer] == "fever"
    assert claims.source(asked)[found.source] == "fever"
