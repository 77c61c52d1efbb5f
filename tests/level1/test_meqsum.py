"""MeQSum: is a long health message boiled down to its question? (CLUE level 1)"""

from clue_lib.tasks.meqsum import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
