"""MeDiSumCode: which ICD-10-CM codes does the discharge letter call for? (CLUE level 2)"""

from clue_lib.tasks.medisumcode import TASK


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()


def test_codes_match_the_snapshot(outputs, recorded):
    assert outputs == recorded
