"""Intervals and tests against statsmodels 0.15.0, scipy 1.17.1 and figures worked by hand."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests

from clue_lib.stats import cluster_mean, holm

losses = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=2, max_size=40)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def clustered(seed):
    draw = np.random.default_rng(seed)
    clusters = draw.integers(0, 12, size=80)
    return draw.normal(size=12)[clusters] + draw.normal(size=80) - 0.2, clusters


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_agrees_with_clustered_least_squares(seed, confidence):
    # statsmodels 0.15.0: use_correction multiplies by G/(G−1) · (n−1)/(n−k), and k is 1 here; df_correction takes
    # t(G−1) where use_t is given. Both are its defaults, use_t is not.
    values, clusters = clustered(seed)
    options = {"groups": clusters, "use_correction": True, "df_correction": True}
    fitted = OLS(values, np.ones_like(values)).fit(cov_type="cluster", cov_kwds=options, use_t=True)
    lower, upper = fitted.conf_int(alpha=2 * (1 - confidence))[0]
    below = fitted.pvalues[0] / 2 if fitted.params[0] < 0 else 1 - fitted.pvalues[0] / 2

    ours = cluster_mean(values, clusters, confidence=confidence, power=0.8)

    assert ours.mean == pytest.approx(fitted.params[0], rel=1e-12)
    assert ours.standard_error == pytest.approx(fitted.bse[0], rel=1e-9)
    assert (ours.lower, ours.upper) == (pytest.approx(lower, rel=1e-9), pytest.approx(upper, rel=1e-9))
    assert ours.p == pytest.approx(below, rel=1e-9)


def test_own_clusters_are_an_ordinary_t_test():
    values, _ = clustered(seed=7)
    theirs = scipy_stats.ttest_1samp(values, 0, alternative="less")

    ours = cluster_mean(values, np.arange(len(values)), confidence=0.95, power=0.8)

    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours.upper == pytest.approx(theirs.confidence_interval(0.95).high, rel=1e-9)
    assert ours.standard_error == pytest.approx(scipy_stats.sem(values), rel=1e-12)


def test_two_clusters_by_hand():
    # Residual sums +1 and −1: variance 2/1 · (1 + 1) / 4² = 1/4. t(1) is Cauchy's: P(T < 1) = 3/4, and its quantile at
    # q is tan(π(q − 1/2)): tan 81° = 6.314 at 0.95, tan 54° = 1.376 at 0.8.
    found = cluster_mean(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1]), confidence=0.95, power=0.8)

    assert (found.mean, found.n_clusters) == (0.5, 2)
    assert found.standard_error == pytest.approx(0.5)
    assert found.p == pytest.approx(0.75)
    assert found.lower == pytest.approx(0.5 - 6.314 / 2, abs=0.001)
    assert found.upper == pytest.approx(0.5 + 6.314 / 2, abs=0.001)
    assert found.mde == pytest.approx((6.314 + 1.376) / 2, abs=0.001)


def test_smallest_detectable_drop_by_hand():
    # Eleven values, one of them 1: squared residuals (10/11)² + 10/11² = 10/11, variance 11/10 · 10/11 / 11² = 1/11²;
    # t(10) has the quantiles 1.812 at 0.95 and 1.372 at 0.9 (NIST handbook, table in 1.3.6.7.2).
    found = cluster_mean(np.eye(11)[0], np.arange(11), confidence=0.95, power=0.9)
    assert found.mde == pytest.approx((1.812 + 1.372) / 11, abs=0.0002)


@given(losses, st.sampled_from([0.9, 0.95, 0.99]), st.integers(1, 3))
@example([0.0, 0.0], 0.95, 1)
@example([-1.0, -1.0], 0.95, 1)
def test_significant_exactly_when_the_upper_bound_is_below_zero(values, confidence, size):
    clusters = np.arange(len(values)) // size
    assume(clusters[-1] > 0)
    found = cluster_mean(np.array(values), clusters, confidence=confidence, power=0.8)
    assume(abs(found.upper) > 1e-9 or found.standard_error == 0)
    assert (found.p < 1 - confidence) == (found.upper < 0)
    assert found.lower <= found.mean <= found.upper


@given(losses, st.randoms(use_true_random=False))
def test_order_and_cluster_numbers_are_irrelevant(values, random):
    clusters = [i // 2 for i in range(len(values))]
    pairs = [(value, 7 - cluster if cluster < 8 else cluster) for value, cluster in zip(values, clusters, strict=True)]
    random.shuffle(pairs)
    mixed, renamed = zip(*pairs, strict=True)
    options = {"confidence": 0.95, "power": 0.8}
    once, again = (cluster_mean(np.array(v), np.array(c), **options) for v, c in ((values, clusters), (mixed, renamed)))
    assert again.mean == pytest.approx(once.mean, abs=1e-12)
    assert again.standard_error == pytest.approx(once.standard_error, abs=1e-9)


@pytest.mark.parametrize(("value", "p"), [(-0.25, 0.0), (0.0, 1.0), (0.25, 1.0)])
def test_equal_values_leave_no_doubt(value, p):
    found = cluster_mean(np.full(20, value), np.arange(20), confidence=0.95, power=0.8)
    assert (found.mean, found.lower, found.upper) == (value, value, value)
    assert (found.standard_error, found.mde, found.p) == (0.0, 0.0, p)


def test_one_cluster_says_nothing():
    found = cluster_mean(np.array([-1.0, -1.0, -0.5]), np.zeros(3, dtype=int), confidence=0.95, power=0.8)
    assert found.mean == pytest.approx(-2.5 / 3)
    assert (found.lower, found.upper, found.p, found.n_clusters) == (-np.inf, np.inf, 1.0, 1)
    assert (found.standard_error, found.mde) == (np.inf, np.inf)


def test_ten_equal_copies_add_no_certainty():
    # A cluster of ten copies tells what one of them tells.
    values = np.array([-1.0, 0.0, 1.0, 0.0, -1.0, -1.0])
    once = cluster_mean(values, np.arange(6), confidence=0.95, power=0.8)
    copied = cluster_mean(np.repeat(values, 10), np.repeat(np.arange(6), 10), confidence=0.95, power=0.8)
    assert copied.standard_error == pytest.approx(once.standard_error)
    assert copied.p == pytest.approx(once.p)


@settings(max_examples=15)  # statsmodels takes 20 ms a call
@given(p_values)
@example([0.01, 0.04, 0.03])
@example([0.5, 0.5])
def test_holm_agrees_with_statsmodels(p):
    theirs = multipletests(p, method="holm")[1]
    assert holm(np.array(p)) == pytest.approx(theirs, abs=1e-12)


def test_holm_by_hand():
    # Smallest first: 3 · 0.01; 2 · 0.03; 1 · 0.04, which may not be below the one before it.
    assert holm(np.array([0.04, 0.01, 0.03])) == pytest.approx([0.06, 0.03, 0.06])


@given(p_values, st.randoms(use_true_random=False))
def test_holm_does_not_depend_on_order(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    assert holm(np.array(p)[order]) == pytest.approx(holm(np.array(p))[order], abs=1e-12)


@given(p_values)
def test_holm_is_never_below_the_raw_p(p):
    adjusted = holm(np.array(p))
    assert np.all(adjusted >= np.array(p) - 1e-15)
    assert np.all(adjusted <= 1)


def test_holm_of_nothing_is_nothing():
    assert holm(np.array([])).shape == (0,)
