"""Tests over a whole run against statsmodels 0.15.0, full enumeration and figures worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from clue_lib.stats import holm, hommel, hommel_in_groups, sign_flips

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)
shares = st.lists(st.sampled_from([-0.5, -0.125, 0.0, 0.25]), min_size=1, max_size=30).map(np.array)


@pytest.mark.slow  # statsmodels takes seconds to import
@settings(max_examples=15)  # and 20 ms a call
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


@pytest.mark.slow  # as above
@settings(max_examples=15)
@given(p_values)
@example([0.01, 0.02, 0.03, 0.5])
def test_hommel_agrees_with_statsmodels(p):
    assert hommel(np.array(p)) == pytest.approx(multipletests(p, method="hommel")[1], abs=1e-12)


def simes(p):
    ranks = np.arange(1, len(p) + 1)
    return float((len(p) * np.sort(p) / ranks).min())


def closed_test(groups):
    """Every set of hypotheses tested by Simes within groups and Bonferroni over them; the largest p of an element's."""
    elements = [(group, place) for group, p in enumerate(groups) for place in range(len(p))]
    adjusted = dict.fromkeys(elements, 0.0)
    for size in range(1, len(elements) + 1):
        for chosen in itertools.combinations(elements, size):
            touched = {group for group, _ in chosen}
            of_groups = [simes([groups[g][place] for g, place in chosen if g == group]) for group in touched]
            p = min(1.0, len(touched) * min(of_groups))
            for element in chosen:
                adjusted[element] = max(adjusted[element], p)
    return [[adjusted[group, place] for place in range(len(p))] for group, p in enumerate(groups)]


@settings(max_examples=30)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=1, max_size=3))
@example([[0.0, 0.5], [0.01], [0.01]])
@example([[0.001, 0.002], [0.01, 0.02]])
def test_groups_agree_with_the_closed_test_over_all_sets(groups):
    ours = hommel_in_groups([np.array(p) for p in groups])
    for found, expected in zip(ours, closed_test(groups), strict=True):
        assert found == pytest.approx(expected, abs=1e-12)


def test_a_group_is_done_once_all_of_it_is_rejected_by_hand():
    # The first group's metrics are both below the rest, so the second has the whole level to itself: its 0.03 stays.
    # Where one of the first's is 0.5, the second's counts twice.
    assert np.concatenate(hommel_in_groups([np.array([0.001, 0.002]), np.array([0.03])])) == pytest.approx(
        [0.004, 0.004, 0.03]  # Hommel: 2 · 0.001 and 2 · 0.002 / 2 are 0.002, for both; twice for two groups
    )
    (_, second) = hommel_in_groups([np.array([0.001, 0.5]), np.array([0.03])])
    assert second == pytest.approx([0.06])


@given(p_values)
def test_groups_of_one_are_holms(p):
    ours = np.concatenate(hommel_in_groups([np.array([each]) for each in p]))
    assert ours == pytest.approx(holm(np.array(p)), abs=1e-12)


def flips(values, *, n_flips=2000, seed=0):
    return sign_flips(np.asarray(values), n_flips=n_flips, seed=seed)


@pytest.mark.parametrize("values", [[-1, -2, 0.5, -3, 1, -0.5], [1, 1, 1], [-1] * 8, [0.0, 0.0]])
def test_sign_flips_agree_with_all_flips(values):
    sums = [np.dot(signs, values) for signs in itertools.product((-1, 1), repeat=len(values))]
    exact = np.mean([total <= sum(values) + 1e-9 for total in sums])
    n_flips = 20_000
    error = np.sqrt(exact * (1 - exact) / n_flips)
    assert flips(values, n_flips=n_flips) == pytest.approx(exact, abs=4 * error + 1 / n_flips)


def test_sign_flips_agree_with_scipy():
    # Swapping the paired values of a cluster flips the sign of their difference.
    before, after = np.random.default_rng(5).normal(size=(2, 25))
    after -= 0.3
    theirs = scipy_stats.permutation_test(
        (after, before),
        lambda x, y: np.sum(x - y),
        permutation_type="samples",
        alternative="less",
        n_resamples=20_000,
        rng=np.random.default_rng(0),
    )
    assert flips(after - before, n_flips=20_000) == pytest.approx(theirs.pvalue, abs=0.01)


@given(shares)
def test_flipping_all_signs_mirrors_the_test(values):
    # Ties count on both sides: the two p sum to at least 1.
    assert flips(values) + flips(-values) >= 1
    assert flips(values, seed=1) == flips(values, seed=1)


def test_every_flip_counts_once_however_many_are_drawn_at_a_time():
    assert flips([1.0, 2.0, 0.5], n_flips=700) == 1  # no swap gives a sum above the observed one, the largest


def test_no_difference_is_no_degradation():
    assert flips(np.zeros(12)) == 1


def test_many_runs_at_once_are_as_one_by_one():
    many = np.random.default_rng(6).normal(size=(3, 2, 17))
    together = flips(many)
    assert together.shape == (3, 2)
    assert together[1, 0] == flips(many[1, 0])


def test_the_least_p_counts_the_observed_drawing():
    assert flips([-1.0] * 60, n_flips=999) == pytest.approx(1 / 1000)
