"""Problem Summary: which problems does this progress note name? (CLUE level 1)"""

from clue_lib.tasks.problem_summary import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()


def test_hallucinations_match_the_snapshot(outputs, recorded):
    assert outputs == recorded
