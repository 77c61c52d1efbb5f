"""LongHealth 1: what do the patient's own letters say? (CLUE level 2)"""

from clue_lib.tasks.longhealth_1 import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
