"""MedNLI: does the hypothesis follow from the premise? (CLUE level 1)"""

from clue_lib.tasks.mednli import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
