"""Averages against the plain mean where both must agree, scipy 1.17.1, and figures worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from clue_lib.stats import Part, average, flags, joint_shares, mean_effect, skewed

OPTIONS = {"confidence": 0.95, "power": 0.8}


def part(values, clusters, weight=1.0):
    effect = mean_effect(np.asarray(values, dtype=float), np.asarray(clusters))
    return Part(weight=weight, effect=effect, estimate=skewed(effect, **OPTIONS))


def normal(seed, n):
    return np.random.default_rng(seed).normal(size=n)


def symmetric(seed, n):
    """Values around 0 that are as often positive as negative, cluster by cluster, so that their sums are not skewed."""
    half = normal(seed, n // 2)
    return np.concatenate([half, -half])


def figures(estimate):
    names = ("delta", "standard_error", "n_clusters", "freedom", "lower", "upper", "p", "mde")
    return {name: getattr(estimate, name) for name in names}


def test_an_average_of_one_is_itself():
    alone = part(normal(1, 60), np.arange(60) // 3)
    assert figures(average([alone])) == pytest.approx(figures(alone.estimate))
    assert average([alone]).design_effect == pytest.approx(alone.estimate.design_effect)


def test_metrics_of_the_same_examples_average_as_their_mean_does():
    one, other, clusters = symmetric(1, 60), symmetric(2, 60) - 0.3, np.arange(60) // 3
    together = average([part(one, clusters, 0.5), part(other, clusters, 0.5)])
    assert figures(together) == pytest.approx(figures(part((one + other) / 2, clusters).estimate))


def test_tasks_that_share_their_patients_gain_nothing_from_repetition():
    values, patients = normal(3, 100), np.arange(100) // 5
    thrice = average([part(values, patients, 1 / 3)] * 3)
    assert figures(thrice) == pytest.approx(figures(part(values, patients).estimate))


def test_the_average_of_skewed_metrics_is_nearly_as_skewed_as_their_mean():
    # MOVER joins the metrics' own distances, of which each is as skewed as the mean here: the same up to some percent.
    losses = np.where(np.arange(120) % 20 == 0, -0.8, 0.0)
    one, other = losses + 0.05 * normal(1, 120), losses + 0.05 * normal(2, 120)
    together, mean = average([part(one, np.arange(120), 0.5), part(other, np.arange(120), 0.5)]), (one + other) / 2
    alone = part(mean, np.arange(120)).estimate
    assert together.delta - together.lower == pytest.approx(alone.delta - alone.lower, rel=0.03)
    assert together.p == pytest.approx(alone.p)


def test_independent_tasks_agree_with_welch():
    # The sum of mean(x) and mean(−y) is Welch's difference, with Satterthwaite's degrees of freedom.
    x, y = symmetric(4, 12), 3 * symmetric(5, 30) + 1
    theirs = scipy_stats.ttest_ind(x, y, equal_var=False, alternative="less")
    ours = average([part(x, np.arange(12)), part(-y, np.arange(100, 130))])
    assert (ours.p, ours.freedom) == (pytest.approx(theirs.pvalue), pytest.approx(theirs.df))


def test_independent_bounds_are_squared_and_added_by_hand():
    # Distances to the bounds of 3 and 4, weighted by 1: the sum's is 5 (Zou 2007, eq. 5, with correlation 0).
    parts = [part(normal(6, 20), np.arange(20)), part(normal(7, 20), np.arange(50, 70))]
    stretched = [
        Part(
            weight=distance / (one.estimate.delta - one.estimate.lower),
            effect=one.effect,
            estimate=one.estimate,
        )
        for one, distance in zip(parts, (3, 4), strict=True)
    ]
    found = average(stretched)
    assert found.delta - found.lower == pytest.approx(5)


def test_rare_failures_keep_their_skewed_bounds():
    # Two tasks without any failure: each bound is Tango's, not the difference itself.
    def quiet(first):
        effect = mean_effect(np.zeros(100), np.arange(first, first + 100))
        estimate = flags(np.zeros(100), effect, failing=0.0, n_repeats=1, **OPTIONS)
        return Part(weight=0.5, effect=effect, estimate=estimate)

    one, other = quiet(0), quiet(100)
    found = average([one, other])
    assert (found.delta, found.p, found.standard_error) == (0, 1, 0)
    assert found.lower == pytest.approx(one.estimate.lower / np.sqrt(2))
    assert found.mde == pytest.approx(one.estimate.mde / np.sqrt(2))


def test_a_part_of_one_cluster_leaves_the_average_open():
    found = average([part(normal(1, 30), np.arange(30)), part([1.0, 2.0], [77, 77])])
    assert (found.lower, found.upper, found.p, found.freedom) == (-np.inf, np.inf, 1.0, 0)
    assert (found.n_clusters, found.design_effect, found.mde, found.mde_corrected) == (31, 1.0, np.inf, np.inf)


def test_clusters_that_all_come_out_even_leave_no_error():
    even = part([1.0, -1.0] * 5, np.arange(10) // 2)
    assert (even.estimate.standard_error, even.estimate.design_effect) == (0, 0)
    found = average([even, part(normal(1, 30), np.arange(100, 130))])
    assert found.freedom == pytest.approx(29)
    assert average([even, even]).design_effect == 1
    assert found.design_effect == pytest.approx(1)


def test_shares_of_common_clusters_add_up():
    parts = [part([1.0, 2.0, 3.0], ["a", "b", "b"], 0.5), part([4.0, 0.0], ["b", "c"], 0.25)]
    # By hand: a: 0.5 · 1/3; b: 0.5 · 5/3 + 0.25 · 4/2; c: 0.
    assert joint_shares(parts) == pytest.approx([1 / 6, 5 / 6 + 1 / 2, 0])


@given(st.permutations(range(4)))
def test_the_order_of_parts_is_irrelevant(order):
    parts = [part(normal(seed, 24), np.arange(24) // 2 + 6 * seed, 0.2 * seed + 0.1) for seed in range(4)]
    assert figures(average([parts[i] for i in order])) == pytest.approx(figures(average(parts)))
