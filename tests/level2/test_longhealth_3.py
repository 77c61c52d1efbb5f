"""LongHealth 3: does the model admit that other patients' letters hold no answer? (CLUE level 2)"""

from clue_lib.tasks.longhealth_3 import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()


def test_hallucinations_match_the_snapshot(outputs, recorded):
    assert outputs == recorded
