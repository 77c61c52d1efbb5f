"""Pairs of 0/1 scores against published examples, statsmodels 0.15.0, scipy 1.17.1 and full enumeration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from clue_lib.stats import (
    change_correlation,
    flags,
    mcnemar,
    mcnemar_power,
    mean_effect,
    most_by_chance,
    student,
    tango,
)

Z = float(scipy_stats.norm.ppf(0.975))
counts = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 40)).map(lambda t: (*t[:2], sum(t)))


def estimate(deltas, clusters=None, *, failing=0.3, n_repeats=1):
    deltas = np.asarray(deltas, dtype=float)
    clusters = np.arange(len(deltas)) if clusters is None else clusters
    effect = mean_effect(deltas, clusters)
    return flags(deltas, effect, failing=failing, n_repeats=n_repeats, confidence=0.95, power=0.8)


def changes(n, gains, losses):
    return np.repeat([1.0, -1.0, 0.0], [gains, losses, n - gains - losses])


@pytest.mark.parametrize(
    ("gains", "losses", "n", "bounds"),
    [
        (1, 7, 21, (-0.517, -0.026)),  # Bentur 2009, in Fagerland, Lydersen and Laake 2014, Stat Med 33:2850
        (16, 8, 86, (-0.020, 0.207)),  # Agresti and Min 2005, Stat Med 24:729
    ],
)
def test_tango_as_published(gains, losses, n, bounds):
    assert tango(gains, losses, n, quantile=Z) == pytest.approx(bounds, abs=0.0005)


def test_tango_where_nothing_changes_by_hand():
    # The score statistic at Δ is then n Δ² = z² |Δ| (1 − |Δ|), so |Δ| = z² / (n + z²).
    assert tango(0, 0, 100, quantile=2.0) == pytest.approx((-4 / 104, 4 / 104))


def test_tango_where_everything_is_gained_by_hand():
    # The other cell's share is then (1 − Δ) / 2, and n (1 − Δ) = z² (1 + Δ).
    assert tango(50, 0, 50, quantile=2.0) == pytest.approx((46 / 54, 1.0))


@given(counts)
def test_at_a_bound_the_score_statistic_is_the_quantile(table):
    gains, losses, n = table
    for bound in tango(gains, losses, n, quantile=Z):

        def log_likelihood(lost, bound=bound):
            shares = np.array([lost + bound, lost, 1 - 2 * lost - bound])
            return -float(np.dot([gains, losses, n - gains - losses], np.log(np.maximum(shares, 1e-300))))

        low, high = max(0.0, -bound), (1 - bound) / 2
        lost = optimize.minimize_scalar(
            log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
        ).x
        score = (gains - losses - n * bound) / np.sqrt(n * (2 * lost + bound - bound**2))
        assert abs(score) == pytest.approx(Z, rel=1e-3)


@given(counts)
def test_tango_contains_the_difference_and_mirrors(table):
    gains, losses, n = table
    lower, upper = tango(gains, losses, n, quantile=1.645)
    assert -1 <= lower <= (gains - losses) / n <= upper <= 1
    assert tango(losses, gains, n, quantile=1.645) == (-upper, -lower)


def test_mcnemar_as_published():
    # Media for tubercle bacilli, Armitage and Berry 1994: 12 against 2, two-sided p after Liddell 0.0129.
    assert 2 * mcnemar(2, 12) == pytest.approx(0.0129, abs=0.0001)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_agrees_with_statsmodels_and_scipy(gains, losses):
    ours = mcnemar(gains, losses)
    assert min(2 * min(ours, mcnemar(losses, gains)), 1) == pytest.approx(
        statsmodels_mcnemar([[5, gains], [losses, 5]], exact=True).pvalue
    )
    if gains + losses:
        theirs = scipy_stats.binomtest(losses, gains + losses, 0.5, alternative="greater").pvalue
        assert ours == pytest.approx(theirs)


@pytest.mark.parametrize(("drop", "changed"), [(0.1, 0.3), (0.2, 0.3), (0.4, 0.1), (0.0, 0.3), (1.0, 1.0)])
def test_mcnemars_power_by_enumeration(drop, changed):
    n, total = 15, max(changed, drop)
    table = scipy_stats.multinomial(n, [(total - drop) / 2, (total + drop) / 2, 1 - total])
    power = sum(
        table.pmf([gains, losses, n - gains - losses])
        for gains in range(n + 1)
        for losses in range(n + 1 - gains)
        if mcnemar(gains, losses) < 0.05
    )
    assert mcnemar_power(drop, n, changed, confidence=0.95) == pytest.approx(power)


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95, 0.994, 0.999999])
def test_the_most_losses_by_chance_are_scipys_quantiles(confidence):
    pairs = np.arange(3000)
    assert most_by_chance(pairs, confidence).tolist() == scipy_stats.binom.ppf(confidence, pairs, 0.5).tolist()


def test_without_changes_nothing_is_found():
    assert mcnemar_power(0.0, 100, 0.0, confidence=0.95) == 0


def test_independent_pairs_get_mcnemar_and_tango():
    found = estimate(changes(140, 12, 30))
    assert found.p == mcnemar(12, 30)
    assert (found.lower, found.upper) == tango(12, 30, 140, quantile=float(scipy_stats.t.ppf(0.95, 139)))
    assert (found.delta, found.n_clusters, found.freedom) == (pytest.approx(-18 / 140), 140, 139)


@pytest.mark.parametrize(("gains", "losses"), [(21, 21), (2, 3), (0, 0)])
def test_the_smallest_detectable_drop_of_independent_pairs(gains, losses):
    # failing = 1/2: losses rise as gains fall, so the changed share stays until the drop exceeds it.
    found = estimate(changes(140, gains, losses), failing=0.5)
    power = mcnemar_power(found.mde, 140, (gains + losses) / 140, confidence=0.95)
    assert power == pytest.approx(0.8, abs=0.001)


def test_too_few_pairs_detect_nothing():
    assert estimate(changes(4, 0, 1)).mde == np.inf  # four losses in four: p = 1/16


def test_rare_failures_only_rise():
    # With a failing share of half the changes, the baseline's failures are all gained already: gains can't fall.
    rare, common = (estimate(changes(500, 10, 10), failing=share).mde for share in (0.02, 0.5))
    assert rare > common
    assert mcnemar_power(rare, 500, 20 / 500 + rare, confidence=0.95) == pytest.approx(0.8, abs=0.02)


def test_clusters_widen_the_bounds():
    deltas = changes(300, 30, 60)
    alone, trios = estimate(deltas), estimate(deltas, np.arange(300) // 3)
    assert trios.lower < alone.lower < alone.delta < alone.upper < trios.upper
    assert trios.p == student(mean_effect(deltas, np.arange(300) // 3), confidence=0.95, power=0.8).p


def test_clusters_widen_the_bounds_even_where_nothing_changed():
    # 20 patients of 20 questions: a correlation of 0.05 is granted, 1 + 19 · 0.05 = 1.95.
    quiet = estimate(np.zeros(400), np.arange(400) // 20)
    assert (quiet.delta, quiet.p) == (0, 1)
    quantile = float(scipy_stats.t.ppf(0.95, 19))
    assert quiet.lower == pytest.approx(-(quantile**2) / (400 / 1.95 + quantile**2))


def test_the_mde_of_failures_that_only_rise_is_a_poisson_counts():
    # Without gains the test's t is √losses, and √3 > t(473) = 1.648: 4.28 losses expected give three with 80 %.
    found = estimate(np.zeros(1422), np.arange(1422) // 3)
    assert scipy_stats.poisson.sf(2, 1422 * found.mde) == pytest.approx(0.8, abs=0.01)


def test_the_mde_of_common_changes_is_the_normal_one_by_hand():
    # 100 gains and 100 losses among 600 pairs of answers that change alike: c = 1/3, inflation / n = 2 · 600/599 / 1200
    # = 1/599, quantiles of t(599) 1.6474 and 0.8423. At m = 0.0582 s = √(1 − ¾ · 0.1746²) = 0.98850, and
    # (1.6474 + 0.8326) · √((0.33333 − 0.00339) / 599) = 0.05820.
    found = estimate(np.repeat(changes(600, 100, 100), 2), np.arange(1200) // 2, failing=0.5)
    assert found.mde == pytest.approx(0.0582, abs=0.0001)


def test_the_mde_grants_that_rare_failures_of_a_patient_clump():
    letters, patients = (estimate(np.zeros(400), np.arange(400) // size) for size in (2, 40))
    assert letters.mde < patients.mde < np.inf


def test_where_nothing_changed_repeats_add_nothing_to_the_mde():
    once, thrice = (estimate(np.zeros(400), np.arange(400) // 20, n_repeats=n) for n in (1, 3))
    assert once.mde == thrice.mde


@pytest.mark.parametrize("latent", [0.05, 0.1])
@pytest.mark.parametrize(("gains", "losses"), [(0, 0.005), (0.002, 0.03), (0.15, 0.15), (0.3, 0.4)])
def test_changes_clump_as_cuts_through_a_bivariate_normal(gains, losses, latent):
    cuts = scipy_stats.norm.ppf([gains, losses])

    def joint(x, y, correlation):
        return scipy_stats.multivariate_normal.cdf([x, y], cov=[[1, correlation], [correlation, 1]])

    both = joint(cuts[1], cuts[1], latent)
    if gains:
        both += joint(cuts[0], cuts[0], latent) - 2 * joint(cuts[0], cuts[1], -latent)
    drop = losses - gains
    expected = (both - drop**2) / (gains + losses - drop**2)
    assert change_correlation(gains, losses, latent) == pytest.approx(expected, rel=0.01)


def test_asking_twice_the_same_adds_no_certainty():
    deltas = changes(200, 10, 30)
    once, twice = estimate(deltas), estimate(deltas, n_repeats=2)
    assert (twice.lower, twice.upper) == pytest.approx((once.lower, once.upper), abs=0.001)


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=4, max_size=60), st.integers(1, 3))
def test_flags_mirror(values, size):
    values, clusters = np.array(values), np.arange(len(values)) // size
    ahead, back = estimate(values, clusters), estimate(-values, clusters)
    assert (back.lower, back.upper, back.mde) == pytest.approx((-ahead.upper, -ahead.lower, ahead.mde))


def test_one_cluster_of_flags_says_nothing():
    found = estimate([1, -1, -1], np.zeros(3, dtype=int))
    assert (found.lower, found.upper, found.p, found.mde) == (-np.inf, np.inf, 1.0, np.inf)


def test_halves_of_examples_asked_twice_are_gains_and_losses_alike():
    balanced = estimate(np.repeat([0.5, -0.5, 0.0], [10, 10, 80]), n_repeats=2)
    assert balanced.lower == pytest.approx(-balanced.upper)


def test_repeats_share_what_their_clusters_are_granted_by_hand():
    # 20 patients of 5 questions, each asked thrice: 15 answers a patient, (1 + 14 · 0.05) / 3 = 0.5667 of a variance.
    quiet = estimate(np.zeros(100), np.arange(100) // 5, n_repeats=3)
    quantile = float(scipy_stats.t.ppf(0.95, 19))
    assert quiet.lower == pytest.approx(-(quantile**2) / (100 * 3 / 1.7 + quantile**2))


def test_where_every_answer_changes_an_mde_is_still_found():
    assert 0 < estimate(changes(140, 70, 70), failing=0.5).mde < 1


@pytest.mark.parametrize(
    ("gains", "losses", "failing", "size", "n_repeats"),
    [(0, 0, 0.3, 20, 1), (4, 10, 0.03, 20, 1), (20, 20, 0.1, 40, 3), (2, 2, 0.01, 5, 5)],
)
def test_the_mde_solves_the_equation_that_its_docstring_states(gains, losses, failing, size, n_repeats):
    n = 400
    draw = np.random.default_rng(0)
    deltas, clusters = draw.permutation(changes(n, gains, losses)), np.arange(n) // size
    effect = mean_effect(deltas, clusters)
    m = estimate(deltas, clusters, failing=failing, n_repeats=n_repeats).mde
    changed = (gains + losses) / n
    stays = [1 - changed / 2 / (1 - failing), 1 - changed / 2 / failing]
    growth = round((stays[0] - stays[1]) / sum(stays), 1)
    c = max(m, changed + growth * m)
    repeats = n_repeats if changed else 1
    granted = (1 + (size * repeats - 1) * change_correlation((c - m) / 2, (c + m) / 2, 0.1)) / repeats
    seen = effect.variance / ((changed - effect.delta**2) / n) if changed else 0
    quantile, reach = scipy_stats.t.ppf([0.95, 0.8], n / size - 1)
    spread = np.sqrt(1 - 0.75 * (m / c) ** 2)
    assert m == pytest.approx((quantile + reach * spread) * np.sqrt((c - m**2) * max(seen, granted) / n), abs=1e-5)
