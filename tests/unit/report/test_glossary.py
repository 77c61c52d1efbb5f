"""The glossary: one file, from which the report's hover texts and the page of the docs are made."""

from pathlib import Path

import pytest

from clue_lib.report import glossary
from clue_lib.types import Outcome, Role

DOCS = Path(__file__).parents[3] / "docs" / "glossary.md"


def test_the_page_is_made_of_the_file():
    written = DOCS.read_text(encoding="utf-8")
    assert written == glossary.markdown(), "python -m clue_lib.report.glossary > docs/glossary.md"


@pytest.mark.parametrize("term", [*Outcome.__args__, "role"])
def test_every_outcome_is_explained(term):
    assert term in glossary.meanings()


def test_every_role_is_told_where_roles_are_explained():
    assert all(f"`{role}`" in glossary.meanings()["role"] for role in Role.__args__)


@pytest.mark.parametrize(("term", "meaning"), glossary.meanings().items())
def test_a_meaning_is_one_sentence_or_two_and_not_long(term, meaning):
    assert meaning.endswith(".")
    assert meaning.count(". ") <= 2
    assert len(meaning) <= 240


def test_no_two_terms_share_an_address():
    addresses = [glossary.address(term) for term in glossary.meanings()]
    assert len(set(addresses)) == len(addresses) == sum(len(group.terms) for group in glossary.groups())


@pytest.mark.parametrize(
    ("term", "address"),
    [("Holm's correction", "holms-correction"), ("A/A run", "aa-run"), ("NO SIGNAL", "no-signal"), ("MDE", "mde")],
)
def test_addresses_are_those_that_github_makes_of_headings(
    term, address
):  # GitHub: lower case, punctuation dropped, hyphens
    assert glossary.address(term) == address
