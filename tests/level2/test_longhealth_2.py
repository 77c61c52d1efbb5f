"""LongHealth 2: what do the letters say that are hidden among other patients'? (CLUE level 2)"""

from clue_lib.tasks.longhealth_2 import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
