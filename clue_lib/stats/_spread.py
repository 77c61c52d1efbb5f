"""How far a mean differs between groups of clusters beyond chance: one-way random effects by the method of moments."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from clue_lib.stats._effect import Floats, Labels

_OF_UPPER = 0.05
"""One minus the confidence of the upper bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpread:
    """The standard deviation of the groups' true means, `deviation`, 0 where chance alone explains what is seen.

    `upper` is its one-sided 95 % bound, `standard_error` that of one group's mean, by clusters, and `p` of the
    hypothesis that all groups have one mean.
    """

    n_groups: int
    n_clusters: int
    deviation: float
    upper: float
    standard_error: float
    p: float


def group_spread(values: Floats, clusters: Labels, groups: Labels) -> GroupSpread | None:
    """The spread of the mean of `values` between `groups`; aligned arrays, every cluster in one group.

    The variance within is pooled over all groups, by clusters, for a group may hold two or three of them. The estimate
    is DerSimonian and Laird's (1986); where clusters are of one size it is that of the analysis of variance, `p` is of
    its F test and `upper` its exact bound (Searle, Casella and McCulloch 1992, section 3.6), taken at F = 1 where F is
    smaller: means that lie together by luck would have no bound at all. None where there are not two groups, or no
    cluster more than groups.
    """
    labels, first, place = np.unique(clusters, return_index=True, return_inverse=True)
    names, group_of = np.unique(groups[first], return_inverse=True)
    freedom = len(labels) - len(names)
    if len(names) < 2 or freedom < 1:
        return None
    sums, sizes = np.bincount(place, weights=values), np.bincount(place)
    n_of_group = np.bincount(group_of, weights=sizes)
    means = np.bincount(group_of, weights=sums) / n_of_group
    residuals = sums - sizes * means[group_of]
    pooled = float(np.square(residuals).sum()) / freedom
    variances = pooled * np.bincount(group_of) / n_of_group**2
    return _of_means(means, variances, freedom)


def _of_means(means: Floats, variances: Floats, freedom: int) -> GroupSpread:
    """The spread of means that have these variances by chance, known with so many degrees of freedom."""
    between = len(means) - 1
    n_clusters = freedom + len(means)
    if not variances.any():  # nothing varies within a group: what differs between them does so for sure
        seen = float(means.std(ddof=1))
        return GroupSpread(
            n_groups=len(means),
            n_clusters=n_clusters,
            deviation=seen,
            upper=seen,
            standard_error=0.0,
            p=float(seen == 0),
        )
    weights = 1 / variances
    centre = float((weights * means).sum() / weights.sum())
    ratio = float((weights * np.square(means - centre)).sum()) / between
    scale = between / float(weights.sum() - np.square(weights).sum() / weights.sum())
    least = float(special.fdtri(between, freedom, _OF_UPPER))
    return GroupSpread(
        n_groups=len(means),
        n_clusters=n_clusters,
        deviation=math.sqrt(max(0.0, scale * (ratio - 1))),
        upper=math.sqrt(scale * (max(ratio, 1.0) / least - 1)),
        standard_error=math.sqrt(float(variances.mean())),
        p=float(special.fdtrc(between, freedom, ratio)),
    )
