"""Differences and their errors against statsmodels 0.15.0, scipy 1.17.1, loops over definitions and hand's figures."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.power import TTestPower

from clue_lib.stats import clusters_needed, fold_effect, mean_effect, power, student
from clue_lib.stats._effect import bell_mccaffrey

losses = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=2, max_size=40)


def cluster_mean(values, clusters, *, confidence=0.95, power=0.8):
    return student(mean_effect(values, clusters), confidence=confidence, power=power)


def clustered(seed):
    draw = np.random.default_rng(seed)
    clusters = draw.integers(0, 12, size=80)
    return draw.normal(size=12)[clusters] + draw.normal(size=80) - 0.2, clusters


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_clusters_of_one_size_agree_with_clustered_least_squares(seed, confidence):
    # statsmodels 0.15.0 knows CR1 alone, which is CR2 where clusters have one size: use_correction multiplies by
    # G/(G−1) · (n−1)/(n−k), and k is 1 here; df_correction takes t(G−1) where use_t is given. Both are its defaults,
    # use_t is not.
    values, _ = clustered(seed)
    clusters = np.arange(80) % 16
    options = {"groups": clusters, "use_correction": True, "df_correction": True}
    fitted = OLS(values, np.ones_like(values)).fit(cov_type="cluster", cov_kwds=options, use_t=True)
    lower, upper = fitted.conf_int(alpha=2 * (1 - confidence))[0]
    below = fitted.pvalues[0] / 2 if fitted.params[0] < 0 else 1 - fitted.pvalues[0] / 2

    ours = cluster_mean(values, clusters, confidence=confidence, power=0.8)

    assert ours.delta == pytest.approx(fitted.params[0], rel=1e-12)
    assert ours.standard_error == pytest.approx(fitted.bse[0], rel=1e-9)
    assert (ours.lower, ours.upper) == (pytest.approx(lower, rel=1e-9), pytest.approx(upper, rel=1e-9))
    assert ours.p == pytest.approx(below, rel=1e-9)


@pytest.mark.parametrize(
    ("values", "clusters", "error", "freedom"),
    [
        (
            [0.5, -0.25, 1, 0, -1, -0.5, 0.25, 0, -1, 0.75, -0.5, -1],
            [1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6],
            0.16782941268,
            3.2382627313,
        ),
        ([-1, -1, 0, -0.5, 0.25, 0, 0, -0.25, 1, -1], [1, 1, 1, 1, 1, 1, 2, 3, 4, 5], 0.195877654559, 2.07692307692),
        ([0, -0.5, 0.25, -1, -0.25, 0, 0.5, -0.75], [1, 1, 2, 2, 3, 3, 4, 4], 0.0598391942348, 3),
    ],
    ids=["one of twelve clusters' answers in five", "one cluster holds more than half", "clusters of two"],
)
def test_agrees_with_club_sandwich(values, clusters, error, freedom):
    # clubSandwich 0.5.8 in R 4.2.2: coef_test(lm(v ~ 1), vcovCR(…, cluster, type = "CR2"), test = "Satterthwaite").
    found = mean_effect(np.array(values, dtype=float), np.array(clusters))
    assert np.sqrt(found.variance) == pytest.approx(error, rel=1e-10)
    assert found.freedom == pytest.approx(freedom, rel=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_matrices_of_the_textbook(seed):
    # Bell and McCaffrey 2002 written out: A = (I − H_gg)^(−1/2) by eigenvectors, p_g = (I − H)'_g A_g x_g / n, and
    # Satterthwaite's (Σ λ)² / Σ λ² from the traces of the matrix of all p_g' p_h.
    values, clusters = clustered(seed)
    n = len(values)
    centring = np.eye(n) - np.full((n, n), 1 / n)
    variance, columns = 0.0, []
    for name in np.unique(clusters):
        rows = clusters == name
        roots, vectors = np.linalg.eigh(centring[np.ix_(rows, rows)])
        adjusted = vectors @ np.diag(roots**-0.5) @ vectors.T
        weights = adjusted.sum(axis=0) / n
        variance += (weights @ (values - values.mean())[rows]) ** 2
        columns.append(centring[:, rows] @ weights)
    gram = np.array(columns) @ np.array(columns).T
    found = mean_effect(values, clusters)
    assert found.variance == pytest.approx(variance)
    assert found.freedom == pytest.approx(np.trace(gram) ** 2 / (gram**2).sum())


def test_one_cluster_with_half_of_the_answers_leaves_few_degrees_of_freedom():
    # The half alone gives 1 / (1/2)² = 4 and what it shares with the others less: fewer than the 10 clusters that the
    # policy demands, however many there are.
    sizes = np.array([400] + [1] * 400)
    assert 3 < bell_mccaffrey(sizes) < 4
    assert bell_mccaffrey(np.full(20, 7)) == 19
    assert bell_mccaffrey(np.array([5])) == 0


def test_a_correction_widens_the_smallest_detectable_drop_and_nothing_else():
    values, clusters = clustered(seed=3)
    effect = mean_effect(values, clusters)
    alone = student(effect, confidence=0.95, power=0.8)
    corrected = student(effect, confidence=0.95, power=0.8, corrected=0.999)
    # The quantiles of t(11) at 0.999, 0.95 and 0.8, from scipy 1.17.1.
    strict, usual, reach = scipy_stats.t.ppf([0.999, 0.95, 0.8], alone.freedom)
    assert alone.mde == alone.mde_corrected == corrected.mde
    assert corrected.mde == pytest.approx((usual + reach) * alone.standard_error)
    assert corrected.mde_corrected == pytest.approx((strict + reach) * alone.standard_error)
    assert (corrected.lower, corrected.upper) == (alone.lower, alone.upper)


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

    assert (found.delta, found.n_clusters) == (0.5, 2)
    assert found.standard_error == pytest.approx(0.5)
    assert found.p == pytest.approx(0.75)
    assert found.lower == pytest.approx(0.5 - 6.314 / 2, abs=0.001)
    assert found.upper == pytest.approx(0.5 + 6.314 / 2, abs=0.001)
    assert found.mde == pytest.approx((6.314 + 1.376) / 2, abs=0.001)
    # Independent examples: four residuals of 1/2 over 4 · 3 are 1/12, a third of the variance.
    assert found.design_effect == pytest.approx(3)


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
    assert found.lower <= found.delta <= found.upper


@given(losses, st.randoms(use_true_random=False))
def test_order_and_cluster_numbers_are_irrelevant(values, random):
    clusters = [i // 2 for i in range(len(values))]
    pairs = [(value, 7 - cluster if cluster < 8 else cluster) for value, cluster in zip(values, clusters, strict=True)]
    random.shuffle(pairs)
    mixed, renamed = zip(*pairs, strict=True)
    options = {"confidence": 0.95, "power": 0.8}
    once, again = (cluster_mean(np.array(v), np.array(c), **options) for v, c in ((values, clusters), (mixed, renamed)))
    assert again.delta == pytest.approx(once.delta, abs=1e-12)
    assert again.standard_error == pytest.approx(once.standard_error, abs=1e-9)


@pytest.mark.parametrize(("value", "p"), [(-0.25, 0.0), (0.0, 1.0), (0.25, 1.0)])
def test_equal_values_leave_no_doubt(value, p):
    found = cluster_mean(np.full(20, value), np.arange(20), confidence=0.95, power=0.8)
    assert (found.delta, found.lower, found.upper) == (value, value, value)
    assert (found.standard_error, found.mde, found.p) == (0.0, 0.0, p)


def test_one_cluster_says_nothing():
    found = cluster_mean(np.array([-1.0, -1.0, -0.5]), np.zeros(3, dtype=int), confidence=0.95, power=0.8)
    assert found.delta == pytest.approx(-2.5 / 3)
    assert (found.lower, found.upper, found.p, found.n_clusters) == (-np.inf, np.inf, 1.0, 1)
    assert (found.standard_error, found.mde, found.design_effect) == (np.inf, np.inf, 1)


def test_one_value_says_nothing():
    found = cluster_mean(np.array([-1.0]), np.array([0]))
    assert (found.delta, found.lower, found.p, found.design_effect) == (-1, -np.inf, 1, 1)


def test_ten_equal_copies_add_no_certainty():
    # A cluster of ten copies tells what one of them tells.
    values = np.array([-1.0, 0.0, 1.0, 0.0, -1.0, -1.0])
    once = cluster_mean(values, np.arange(6), confidence=0.95, power=0.8)
    copied = cluster_mean(np.repeat(values, 10), np.repeat(np.arange(6), 10), confidence=0.95, power=0.8)
    assert copied.standard_error == pytest.approx(once.standard_error)
    assert copied.p == pytest.approx(once.p)


def test_design_effect_by_hand():
    # Six values, ten times each: with S their squared residuals the clusters give S / (6 · 5), sixty independent values
    # 10 S / (60 · 59).
    values = np.repeat([-1.0, 0.0, 1.0, 0.0, -1.0, -1.0], 10)
    assert cluster_mean(values, np.repeat(np.arange(6), 10)).design_effect == pytest.approx(60 * 59 / 300)
    assert cluster_mean(values, np.arange(60)).design_effect == pytest.approx(1)
    assert cluster_mean(np.zeros(60), np.repeat(np.arange(6), 10)).design_effect == 1


def f1(sums):
    """Micro-F1 from summed columns: found, predicted, expected."""
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


def codes(seed, n):
    draw = np.random.default_rng(seed)
    predicted, expected = draw.integers(1, 9, size=n), draw.integers(1, 9, size=n)
    return np.stack([draw.integers(0, np.minimum(predicted, expected) + 1), predicted, expected], axis=1).astype(float)


@pytest.mark.parametrize("n_clusters", [5, 40])
def test_the_jackknife_leaves_out_one_cluster_at_a_time(n_clusters):
    before, after, clusters = codes(1, 40), codes(2, 40), np.arange(40) % n_clusters
    without = []
    for cluster in range(n_clusters):
        kept = clusters != cluster
        without.append(f1(after[kept].sum(axis=0)) - f1(before[kept].sum(axis=0)))
    spread = np.square(np.array(without) - np.mean(without)).sum()

    found = fold_effect(before, after, clusters, f1)

    assert found.delta == pytest.approx(f1(after.sum(axis=0)) - f1(before.sum(axis=0)))
    assert found.variance == pytest.approx((n_clusters - 1) / n_clusters * spread)
    assert found.shares.sum() == pytest.approx(found.delta)
    if n_clusters == 40:
        assert found.design_effect == pytest.approx(1)


@pytest.mark.parametrize("size", [1, 4])
def test_the_jackknife_of_a_mean_is_the_clusters_mean(size):
    # For a mean and clusters of one size, both are textbook formulas for the same number.
    values, clusters = np.random.default_rng(3).normal(size=(2, 40)), np.repeat(np.arange(40 // size), size)
    rows = np.stack([values, np.ones_like(values)], axis=2)

    by_fold = fold_effect(rows[0], rows[1], clusters, lambda sums: sums[..., 0] / sums[..., 1])
    by_mean = mean_effect(values[1] - values[0], clusters)

    for name in ("delta", "variance", "design_effect"):
        assert getattr(by_fold, name) == pytest.approx(getattr(by_mean, name)), name
    assert by_fold.shares == pytest.approx(by_mean.shares)
    assert np.abs(by_fold.residuals) == pytest.approx(np.abs(by_mean.residuals))


def test_one_cluster_has_no_jackknife():
    found = fold_effect(codes(1, 4), codes(2, 4), np.zeros(4, dtype=int), f1)
    assert (found.variance, found.freedom) == (np.inf, 0)


@pytest.mark.parametrize(("drop", "n"), [(0.1, 20), (0.3, 20), (0.1, 400), (0.0, 50)])
def test_power_agrees_with_statsmodels(drop, n):
    theirs = TTestPower().power(effect_size=drop / 0.5, nobs=n, alpha=0.05, alternative="larger")
    ours = power(drop, standard_error=0.5 / n**0.5, freedom=n - 1, confidence=0.95)
    assert ours == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("n", [10, 20, 400])
def test_the_smallest_detectable_drop_is_found_with_its_power(n):
    # The sum of two t quantiles is the usual approximation; non-central t gives the power exactly.
    found = cluster_mean(np.random.default_rng(n).normal(size=n), np.arange(n))
    exact = power(found.mde, standard_error=found.standard_error, freedom=n - 1, confidence=0.95)
    assert exact == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("mde", "margin", "needed"),
    [
        (0.09, 0.03, 900),  # a third of the drop takes nine times as many
        (0.03, 0.09, 12),  # 100 / 9 = 11.1: eleven would show a drop of 9.05 points
        (0.07, 0.03, 545),  # 544.4
        (0.03, 0.0, None),
        (0.0, 0.03, None),
        (np.inf, 0.03, None),
    ],
)
def test_the_clusters_that_show_a_drop_of_the_margin(mde, margin, needed):
    assert clusters_needed(100, mde=mde, margin=margin) == needed
