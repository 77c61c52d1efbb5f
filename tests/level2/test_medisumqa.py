"""MeDiSumQA: what does the discharge letter answer to a patient's question? (CLUE level 2)"""

from clue_lib.tasks.medisumqa import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()


def test_hallucinations_match_the_snapshot(outputs, recorded):
    assert outputs == recorded
