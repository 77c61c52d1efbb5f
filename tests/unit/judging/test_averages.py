"""Averages as CLUE forms them, by hand."""

import pytest

from clue_lib.judging import averages
from clue_lib.tasks import TASKS


def test_longhealth_counts_once_in_level_2():
    values = {("longhealth_1", "accuracy"): 0.9, ("longhealth_2", "accuracy"): 0.6, ("longhealth_3", "accuracy"): 0.3}
    values |= {("medisumqa", metric): 0.2 for metric in TASKS["medisumqa"].clue_metrics}
    values |= {("medisumcode", metric): 0.1 for metric in TASKS["medisumcode"].clue_metrics}
    found = averages.of_metrics(values, {})
    assert found["longhealth"] == pytest.approx(0.6)
    assert found["level2"] == pytest.approx((0.6 + 0.2 + 0.1) / 3)
    assert "overall" not in found  # no level 1


def test_overall_is_the_mean_of_the_levels_and_cases_weigh_by_their_number():
    values = {
        (name, m): 0.4 if TASKS[name].level == "level1" else 0.2 for name in TASKS for m in TASKS[name].clue_metrics
    }
    values[("nejm", "accuracy")], values[("jama", "accuracy")] = 0.5, 0.1
    found = averages.of_metrics(values, {"nejm": 300, "jama": 100})
    assert found["overall"] == pytest.approx(0.3)
    assert found["case_challenges"] == pytest.approx((300 * 0.5 + 100 * 0.1) / 400)
