"""The regression estimator with cross-fitted slopes: by hand where the covariate says all or nothing; its bias."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.stats import assisted, mean_effect


def of_all(n=60, seed=0):
    """Covariates of `n` examples, each its own cluster, and the first third as the subset."""
    generator = np.random.default_rng(seed)
    return generator.random((n, 1)), np.arange(n // 3), np.arange(n)


def test_a_covariate_that_says_all_makes_the_subset_as_good_as_all_examples():
    """Differences are 2 x − 1 exactly: the estimate is the mean of that over all 60, its error that of their mean.

    Residuals vanish, so what is left are the population's own shares, with 20 / 19 for the subset's 20 clusters.
    """
    covariates, places, clusters = of_all()
    whole = 2 * covariates[:, 0] - 1
    found = assisted(whole[places], places, covariates, clusters)
    assert found.delta == pytest.approx(whole.mean())
    by_hand = math.sqrt(20 / 19 * np.square(whole - whole.mean()).sum()) / 60
    assert found.standard_error == pytest.approx(by_hand)


def test_a_covariate_that_says_nothing_leaves_the_plain_mean_and_its_error():
    covariates, places, clusters = of_all()
    values = covariates[places, 0]
    found = assisted(values, places, np.zeros_like(covariates), clusters)
    assert found.delta == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(found.plain_error)
    assert found.ratio == pytest.approx(1.0)


def test_the_plain_error_is_that_of_the_plain_mean_by_clusters():
    covariates, places, clusters = of_all(n=180)
    clusters = clusters // 2
    values = covariates[places, 0]
    found = assisted(values, places, covariates, clusters)
    assert found.plain_error**2 == pytest.approx(mean_effect(values, clusters[places]).variance)


@pytest.mark.parametrize("n", [3, 27])
def test_few_clusters_have_no_slopes(n):
    """Of 9 clusters four fifths are 7.2: less than four for a slope and an intercept."""
    covariates, places, clusters = of_all(n=n)
    assert assisted(covariates[places, 0], places, covariates, clusters) is None


def test_where_nothing_varies_nothing_is_assisted():
    covariates, places, clusters = of_all()
    assert assisted(np.zeros(20), places, covariates, clusters) is None


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_the_scale_of_a_covariate_does_not_matter(shift, factor):
    covariates, places, clusters = of_all()
    values = np.random.default_rng(1).random(20) + covariates[places, 0]
    one, other = (assisted(values, places, each, clusters) for each in (covariates, shift + factor * covariates))
    assert other.delta == pytest.approx(one.delta)
    assert other.standard_error == pytest.approx(one.standard_error)


def test_on_average_the_estimate_is_the_mean_of_all():
    """Subsets drawn at random from 200 examples: the mean of 400 estimates lies within four of its errors."""
    generator = np.random.default_rng(2)
    covariates = generator.random((200, 2))
    whole = covariates[:, 0] ** 2 - 0.5 * covariates[:, 1] + generator.normal(0, 0.2, 200)
    estimates = []
    for _ in range(400):
        places = generator.permutation(200)[:40]
        estimates.append(assisted(whole[places], places, covariates, np.arange(200)).delta)
    error = np.std(estimates) / math.sqrt(400)
    assert np.mean(estimates) == pytest.approx(whole.mean(), abs=4 * error)
