"""One-sided bounds of a share against scipy 1.17.1 and figures worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from clue_lib.stats import mean_effect, share_bounds


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (7, 50), (50, 50)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_independent_values_agree_with_clopper_pearson(k, n, confidence):
    # A one-sided bound at 95 % is one of a two-sided interval at 90 %.
    theirs = scipy_stats.binomtest(k, n).proportion_ci(2 * confidence - 1, method="exact")
    ours = share_bounds(np.repeat([1.0, 0.0], [k, n - k]), np.arange(n), confidence=confidence)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_copies_count_once():
    # Ten copies of each of 40 answers: p (1 − p) / V is 39, times (1.649 / 1.685)², t quantiles of 399 and 39 degrees.
    values, clusters = np.repeat(np.arange(40) % 4 == 0, 10).astype(float), np.repeat(np.arange(40), 10)
    effective = 39 * (1.6487 / 1.6849) ** 2
    lower, upper = share_bounds(values, clusters, confidence=0.95)
    k = 0.25 * effective
    assert lower == pytest.approx(scipy_stats.beta.ppf(0.05, k, effective - k + 1), abs=1e-4)
    assert upper == pytest.approx(scipy_stats.beta.ppf(0.95, k + 1, effective - k), abs=1e-4)


def test_where_nothing_varies_the_clusters_count():
    # The rule of three's exact form: no failure in 20 clusters, 1 − 0.05^(1/20).
    assert share_bounds(np.zeros(400), np.arange(400) // 20, confidence=0.95) == (
        0.0,
        pytest.approx(1 - 0.05 ** (1 / 20)),
    )


@given(st.lists(st.floats(0, 1), min_size=4, max_size=40), st.integers(1, 4))
def test_bounds_contain_the_share(values, size):
    values, clusters = np.array(values), np.arange(len(values)) // size
    lower, upper = share_bounds(values, clusters, confidence=0.95)
    assert 0 <= lower <= mean_effect(values, clusters).delta + 1e-12
    assert mean_effect(values, clusters).delta - 1e-12 <= upper <= 1
