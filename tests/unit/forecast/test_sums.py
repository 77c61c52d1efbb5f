"""The error of a figure over several tasks: by hand."""

import pytest

from clue_lib.forecast import Spread, sums


def spread(error, freedom=100.0, task="mednli", n_clusters=101):
    return Spread(task=task, standard_error=error, freedom=freedom, n_clusters=n_clusters)


def test_a_sum_of_independent_tasks():
    """Half of each: the variance is (0.03² + 0.04²) / 4 = 0.025²; Satterthwaite by hand."""
    found = sums.combined([(0.5, spread(0.03, 50)), (0.5, spread(0.04, 20, task="meqsum"))])
    a, b = 0.015**2, 0.02**2
    assert found.standard_error == pytest.approx(0.025)
    assert found.freedom == pytest.approx((a + b) ** 2 / (a**2 / 50 + b**2 / 20))
    assert found.n_clusters == 202


def test_sums_within_a_task_and_a_group_are_correlated():
    """Equal errors s, weights a half: s² (1 + r) / 2 with r = 0.8 in a task, 0.5 in a group."""
    task = sums.combined([(0.5, spread(0.02)), (0.5, spread(0.02))])
    group = sums.combined([(0.5, spread(0.02, task=f"longhealth_{i}")) for i in (1, 2)])
    assert task.standard_error**2 == pytest.approx(0.02**2 * 0.9)
    assert group.standard_error**2 == pytest.approx(0.02**2 * 0.75)
    assert (task.freedom, group.freedom) == pytest.approx((100, 100))
    assert task.n_clusters == group.n_clusters == 101
