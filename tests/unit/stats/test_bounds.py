"""Bounds of a share and of a difference of shares against scipy 1.17.1, statsmodels 0.15.0 and figures by hand."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint

from clue_lib.stats import mean_effect, share_bounds, shares, student

OPTIONS = {"confidence": 0.95, "power": 0.8}


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (7, 50), (50, 50)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_independent_values_agree_with_clopper_pearson(k, n, confidence):
    # A one-sided bound at 95 % is one of a two-sided interval at 90 %.
    theirs = scipy_stats.binomtest(k, n).proportion_ci(2 * confidence - 1, method="exact")
    ours = share_bounds(np.repeat([1.0, 0.0], [k, n - k]), np.arange(n), confidence=confidence)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_copies_count_once():
    # Ten copies of each of 40 answers: p (1 − p) / V is 39, times the t quantiles of 399 and 39 degrees squared.
    values, clusters = np.repeat(np.arange(40) % 4 == 0, 10).astype(float), np.repeat(np.arange(40), 10)
    effective = 39 * (scipy_stats.t.ppf(0.95, 399) / scipy_stats.t.ppf(0.95, 39)) ** 2
    lower, upper = share_bounds(values, clusters, confidence=0.95)
    k = 0.25 * effective
    assert lower == pytest.approx(scipy_stats.beta.ppf(0.05, k, effective - k + 1), abs=1e-9)
    assert upper == pytest.approx(scipy_stats.beta.ppf(0.95, k + 1, effective - k), abs=1e-9)


def test_one_pair_that_goes_together_counts_for_less_by_hand():
    # Ten answers in nine clusters; residual sums: the pair 1, four of 1/2, four of −1/2. CR2 divides their squares by
    # 1 − h: 1 / 0.8 + 8 · 0.25 / 0.9 = 125/36 over 10² is V. Degrees of freedom: Σh² = 0.12; h² / (1 − h) is 1/20 and
    # eight times 1/90: the square of their sum less the sum of their squares is (5/36)² − 0.0034877, so 81/11 in all.
    values = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dtype=float)
    clusters = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    ratio = scipy_stats.t.ppf(0.95, 9) / scipy_stats.t.ppf(0.95, 81 / 11)
    effective = 0.25 / (125 / 3600) * ratio**2
    lower, _ = share_bounds(values, clusters, confidence=0.95)
    assert lower == pytest.approx(scipy_stats.beta.ppf(0.05, effective / 2, effective / 2 + 1), abs=1e-9)


def test_where_nothing_varies_the_clusters_count():
    # The rule of three's exact form: no failure in 20 clusters, 1 − 0.05^(1/20).
    assert share_bounds(np.zeros(400), np.arange(400) // 20, confidence=0.95) == (
        0.0,
        pytest.approx(1 - 0.05 ** (1 / 20)),
    )


@given(st.lists(st.floats(0, 1), min_size=4, max_size=40), st.integers(1, 4))
@example([0.0, 0.0, 0.0, 2.3e-311], 1)
def test_bounds_contain_the_share(values, size):
    values, clusters = np.array(values), np.arange(len(values)) // size
    lower, upper = share_bounds(values, clusters, confidence=0.95)
    assert 0 <= lower <= mean_effect(values, clusters).delta
    assert mean_effect(values, clusters).delta - 1e-12 <= upper <= 1


def drop(values, size=1):
    """Bounds for the mean difference of clusters of so many examples."""
    return shares(mean_effect(values, np.arange(len(values)) // size), n=len(values), **OPTIONS)


@pytest.mark.parametrize(("n", "size", "inflation"), [(100, 1, 1.0), (400, 20, 1.95)])
def test_where_no_share_changes_a_drop_may_be_unseen(n, size, inflation):
    # x² = t² x · inflation / n; clusters of 20 are granted 1 + 19 · 0.05.
    found, quantile = drop(np.zeros(n), size), scipy_stats.t.ppf(0.95, n / size - 1)
    assert (found.lower, found.upper) == pytest.approx((-(quantile**2) * inflation / n, quantile**2 * inflation / n))


def test_few_answers_that_are_wholly_wrong_by_hand():
    # 4 of 100: V = 0.04 · 0.96 / 99 and t(99) = 1.6604, t² / 2n = 0.013784; 0.013784 + √(0.00019 + t² V) = 0.04927.
    found = drop(-np.repeat([1.0, 0.0], [4, 96]))
    assert found.lower == pytest.approx(-0.04 - 0.04927, abs=1e-5)
    _, wilson = proportion_confint(4, 100, alpha=0.1, method="wilson")
    assert wilson < -found.lower < wilson + 0.005


def test_one_cluster_of_shares_says_nothing():
    found = drop(np.array([0.0, -0.5]), 2)
    assert (found.lower, found.upper, found.p) == (-np.inf, np.inf, 1.0)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=40), st.integers(1, 2))
@example([-1.0] * 20 + [0.0] * 180, 20)  # a whole cluster changes: the variance is 20 times that of single examples
def test_no_bound_of_shares_is_nearer_than_students(values, size):
    values = np.array(values)
    found, t = drop(values, size), student(mean_effect(values, np.arange(len(values)) // size), **OPTIONS)
    assert -1 <= found.lower <= max(t.lower, -1.0) + 1e-12
    assert 1 >= found.upper >= min(t.upper, 1.0) - 1e-12
    assert (found.delta, found.p, found.mde) == (t.delta, t.p, t.mde)
