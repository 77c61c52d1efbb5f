"""Golds and answers of the shared cases, and the concept F1 that a clinician would give them."""

import pytest
from shared_cases import shared

from clue_lib.metrics import concepts


@pytest.mark.parametrize("row", shared("concept"))
def test_shared_concepts(respond, row):
    if row["expected"] is None:
        pytest.skip(f"left open: {row['why']}")
    (value,) = concepts.concept_f1([respond(row["input"]["answer"], row["input"]["gold"])])
    assert value == pytest.approx(row["expected"])
