"""Hall's correction for skewness against his formula worked by hand, Poisson's exact bound, and its own inverse."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from clue_lib.stats import mean_effect, skewed, student
from clue_lib.stats._skewness import skewness_of, transformed, untransformed

OPTIONS = {"confidence": 0.95, "power": 0.8}
skewness = st.floats(-1, 1)
losses = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=2, max_size=40)


def own_clusters(values):
    return mean_effect(np.asarray(values, dtype=float), np.arange(len(values)))


def test_halls_transformation_by_hand():
    # t = 2, s = 0.3: 2 + 0.3 · 4 / 3 + 0.09 · 8 / 27 + 0.3 / 6 = 2 + 0.4 + 0.02667 + 0.05.
    assert transformed(2.0, 0.3) == pytest.approx(2.476667, abs=1e-6)
    assert transformed(-2.0, 0.0) == -2


@given(st.floats(-20, 20), skewness)
@example(3.0, 0.0)
@example(-3.0, 1.0)  # where it is flat, so that a small step in its value is a large one in t
def test_the_inverse_undoes_it(t, s):
    assert transformed(untransformed(t, s), s) == pytest.approx(t, abs=1e-9)


@given(st.floats(-20, 20), st.floats(0.001, 5), skewness)
def test_it_rises_everywhere(t, step, s):
    assert transformed(t + step, s) >= transformed(t, s) - 1e-12
    assert untransformed(t + step, s) > untransformed(t, s)


def test_a_sums_skewness_is_the_samples_over_the_root_of_n():
    values = np.random.default_rng(1).exponential(size=50)
    residuals = (values - values.mean()) / 50
    assert skewness_of(residuals) == pytest.approx(scipy_stats.skew(values) / np.sqrt(50))
    assert skewness_of(np.zeros(5)) == 0


def test_few_large_losses_are_bounded_nearly_as_counts_are():
    # Seven of 237 answers lose 0.6, the others nothing: as exact as counts, for which Clopper and Pearson's bound at
    # 95 % is some 6 losses more (scipy 1.17.1); by t it is 4.3.
    effect = own_clusters([-0.6] * 7 + [0.0] * 230)
    exact = 0.6 * (scipy_stats.beta.ppf(0.95, 8, 230) - 7 / 237)
    by_t, corrected = student(effect, **OPTIONS), skewed(effect, **OPTIONS)
    assert corrected.delta - corrected.lower == pytest.approx(exact, rel=0.05)
    assert by_t.delta - by_t.lower < 0.75 * exact
    assert (corrected.upper, corrected.p) == (by_t.upper, by_t.p)  # the other side is Student's, which is wider


@pytest.mark.parametrize("size", [1, 5])
def test_balanced_symmetric_data_keeps_its_bounds(size):
    half = np.random.default_rng(2).normal(size=60)
    values = np.concatenate([half, -half]) - 0.1
    effect = mean_effect(values, np.arange(120) // size)
    for name in ("lower", "upper", "p", "mde"):
        by_t, found = (getattr(method(effect, **OPTIONS), name) for method in (student, skewed))
        assert found == pytest.approx(by_t, rel=1e-9), name


@given(losses, st.sampled_from([0.9, 0.95, 0.999]), st.integers(1, 3))
@example([0.0, 0.0], 0.95, 1)
@example([-1.0, -1.0], 0.95, 1)
@example([-1.0] + [0.0] * 30, 0.95, 1)
def test_significant_exactly_when_the_upper_bound_is_below_zero(values, confidence, size):
    clusters = np.arange(len(values)) // size
    assume(clusters[-1] > 0)
    effect = mean_effect(np.array(values), clusters)
    found, by_t = (method(effect, confidence=confidence, power=0.8) for method in (skewed, student))
    assume(abs(found.upper) > 1e-9 or found.standard_error == 0)
    assert (found.p < 1 - confidence) == (found.upper < 0)
    assert found.lower <= by_t.lower <= found.delta <= by_t.upper <= found.upper


@given(losses)
def test_swapping_the_models_mirrors_the_bounds(values):
    there, back = (skewed(own_clusters(sign * np.array(values)), **OPTIONS) for sign in (1, -1))
    assert (back.lower, back.upper) == pytest.approx((-there.upper, -there.lower))


def test_one_cluster_says_nothing_and_no_spread_leaves_no_doubt():
    one = skewed(mean_effect(np.array([-1.0, -0.5]), np.zeros(2)), **OPTIONS)
    assert (one.lower, one.upper, one.p) == (-np.inf, np.inf, 1.0)
    even = skewed(own_clusters([-0.25] * 20), **OPTIONS)
    assert (even.lower, even.upper, even.p) == (-0.25, -0.25, 0.0)
