"""Averages as CLUE forms them, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_weights_by_hand():
    """Level 2 has three parts; LongHealth's three tasks share one of them, MeDiSumCode's three metrics another."""
    weights = averages.weights("level2", {})
    assert weights["longhealth_1", "accuracy"] == pytest.approx(1 / 9)
    assert weights["medisumcode", "code_f1"] == pytest.approx(1 / 9)
    assert weights["medisumqa", "rougeL"] == pytest.approx(1 / 15)  # one of five metrics
    cases = averages.weights("case_challenges", {"nejm": 347, "jama": 140})
    assert cases == pytest.approx({("nejm", "accuracy"): 347 / 487, ("jama", "accuracy"): 140 / 487})


@given(st.randoms(use_true_random=False))
def test_an_average_is_the_weighted_sum_of_its_metrics(draw):
    sizes = {name: draw.randint(1, 500) for name in TASKS}
    values = {(name, metric): draw.random() for name in TASKS for metric in TASKS[name].clue_metrics}
    for name, value in averages.of_metrics(values, sizes).items():
        weights = averages.weights(name, sizes)
        assert sum(weights.values()) == pytest.approx(1)
        assert sum(weight * values[key] for key, weight in weights.items()) == pytest.approx(value)
        assert {task for task, _ in weights} == set(averages.tasks_in(name))


def test_groups_weigh_the_same_however_many_they_hold():
    assert averages.equally([["a", "b"], [], ["c"]]) == [(0.25, "a"), (0.25, "b"), (0.5, "c")]
    assert averages.equally([[], []]) == []
