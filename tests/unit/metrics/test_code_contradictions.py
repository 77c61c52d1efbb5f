"""Codes of the other side or another encounter, by the titles of the release."""

import pytest

from clue_lib.metrics import code_contradictions
from clue_lib.types import Parsed

# By hand, from the tabular list: S72.001 is the right hip and S72.002 the left one, A the initial encounter and D a
# subsequent one; H25.11, H25.12 and H25.13 are age-related nuclear cataract of the right, the left and both eyes,
# H25.10 of an unspecified one.
BY_HAND = [
    ("S72.002A", "S72.001A", "side"),
    ("S72.001D", "S72.001A", "encounter"),
    ("S72.001A", "S72.001A", ""),
    ("S72.001Z", "S72.001A", ""),  # no code: it is invented
    ("S72.009A", "S72.001A", ""),  # unspecified
    ("H25.12", "H25.11", "side"),
    ("H25.13", "H25.11", "side"),
    ("H25.10", "H25.11", ""),
    ("E11.9", "I10", ""),
]


@pytest.mark.parametrize(("code", "gold", "kind"), BY_HAND)
def test_kinds_by_hand(code, gold, kind):
    assert code_contradictions.contradicts(code, (gold,)) == kind


def test_a_code_that_the_gold_has_too_contradicts_nothing():
    assert code_contradictions.contradicts("H25.12", ("H25.11", "H25.12")) == ""


def test_share_of_distinct_codes(respond):
    parse = lambda text, example: Parsed(value=tuple(text.split()))  # noqa: E731
    response = respond("H25.12 H25.12 I10 E11.9", ("H25.11", "I10"), parse=parse)
    assert code_contradictions.contradicted_codes([response]) == [1 / 3]
    assert code_contradictions.contradicted_codes([respond("", ("I10",), parse=parse)]) == [None]
