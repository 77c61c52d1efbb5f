"""NEJM: which option solves the case challenge?"""

from clue_lib.tasks.nejm import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
