"""The spread of a mean between groups of clusters: by hand, and against the analysis of variance of scipy."""

import math

import numpy as np
import pytest
import scipy.stats

from clue_lib.stats import group_spread

# By hand. Means 1 and 5; within, (1 + 1 + 1 + 1) / 2 = 2, so that a mean of two clusters has the variance 2 / 2 = 1;
# between, 2 (2² + 2²) / 1 = 16. F = 16 / 2 = 8 and the variance of the true means (16 − 2) / 2 = 7.
# F(1, 2) is t² with 2 degrees of freedom, P(|t| < x) = x / √(x² + 2): p = 1 − √0.8, and the 5 % quantile of F is
# 2 · 0.05² / (1 − 0.05²) = 0.005 / 0.9975, so that the bound is √(8 · 0.9975 / 0.005 − 1) = √1595.
VALUES, CLUSTERS, GROUPS = [0.0, 2.0, 4.0, 6.0], ["a", "b", "c", "d"], [1, 1, 2, 2]


@pytest.mark.parametrize("size", [1, 3])
def test_two_groups_of_two_clusters_of_one_size(size):
    columns = (np.repeat(each, size) for each in (VALUES, CLUSTERS, GROUPS))
    found = group_spread(*columns)
    assert (found.n_groups, found.n_clusters) == (2, 4)
    assert found.deviation == pytest.approx(math.sqrt(7))
    assert found.standard_error == pytest.approx(1)
    assert found.p == pytest.approx(1 - math.sqrt(0.8))
    assert found.upper == pytest.approx(math.sqrt(1595))


@pytest.mark.parametrize("seed", range(5))
def test_where_each_value_is_a_cluster_p_is_that_of_the_analysis_of_variance(seed):
    """Agrees with scipy 1.17's f_oneway, whatever the sizes of the groups."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, 4, 30)
    values = random.normal(size=30) + 0.5 * groups
    found = group_spread(values, np.arange(30), groups)
    expected = scipy.stats.f_oneway(*(values[groups == name] for name in np.unique(groups)))
    assert found.p == pytest.approx(float(expected.pvalue))


def test_the_order_of_the_examples_does_not_count():
    shuffled = np.random.default_rng(0).permutation(4)
    columns = [np.array(each) for each in (VALUES, CLUSTERS, GROUPS)]
    assert group_spread(*(column[shuffled] for column in columns)) == group_spread(*columns)


def test_groups_alike_have_no_spread_but_a_bound():
    found = group_spread(np.array([0.0, 2.0, 0.0, 2.0]), np.array(CLUSTERS), np.array(GROUPS))
    assert (found.deviation, found.p) == (0, 1)
    assert found.upper == pytest.approx(math.sqrt(0.9975 / 0.005 - 1))  # as if F were 1


def test_what_varies_between_groups_alone_does_so_for_sure():
    found = group_spread(np.array([0.0, 0.0, 4.0, 4.0]), np.array(CLUSTERS), np.array(GROUPS))
    assert (found.deviation, found.p, found.standard_error) == (pytest.approx(math.sqrt(8)), 0, 0)
    nothing = group_spread(np.zeros(4), np.array(CLUSTERS), np.array(GROUPS))
    assert (nothing.deviation, nothing.p, nothing.standard_error) == (0, 1, 0)


@pytest.mark.parametrize(
    ("clusters", "groups"), [("abcd", [1, 1, 1, 1]), ("abcd", [1, 2, 3, 4]), ("aabb", [1, 1, 2, 2])]
)
def test_one_group_or_no_cluster_to_spare_tells_nothing(clusters, groups):
    assert group_spread(np.array(VALUES), np.array(list(clusters)), np.array(groups)) is None
