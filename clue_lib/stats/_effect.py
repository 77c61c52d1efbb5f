"""A difference between two models, split up by cluster, and the inference by Student's t."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[Any]
"""Cluster names, one per example, of any type that can be sorted."""
LEAST_ICC = 0.05
"""The least correlation that is assumed within a cluster: few events in few clusters can't show how they cluster.

With the estimated correlation alone, 2,000 answers about 20 patients hold a margin of one or two points wrongly in 5 to
15 % of runs at a nominal 5 %; with this floor in at most 7 % (`tests/unit/test_simulations.py`).
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """A difference and what each cluster contributes to it.

    `labels` are the distinct clusters, ascending; `shares` are their contributions to the difference and sum to it;
    `residuals` are their contributions to its error, whose squares sum to the variance. `freedom` are that variance's
    degrees of freedom. `iid_variance` is the variance if every example were its own cluster. With one cluster the error
    is unknown: residuals are infinite, and `freedom` is 0.
    """

    delta: float
    labels: Labels = field(repr=False)  # they may name patients
    shares: Floats
    residuals: Floats
    freedom: float
    iid_variance: float

    @property
    def variance(self) -> float:
        """The cluster-robust variance of the difference."""
        return float(np.square(self.residuals).sum())

    @property
    def design_effect(self) -> float:
        """The variance over that of independent examples; 1 where nothing varies, or the error is unknown."""
        known = self.freedom > 0 and self.iid_variance > 0
        return self.variance / self.iid_variance if known else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A difference with its uncertainty.

    `lower` and `upper` are one-sided bounds, each at the confidence asked for; `p` is the one-sided p-value of "the
    true difference is not below zero"; `mde` is the true drop that would be significant with the power asked for,
    `mde_corrected` the one that would be so at the `corrected` confidence, by itself the same.
    """

    delta: float
    standard_error: float
    n_clusters: int
    freedom: float
    design_effect: float
    lower: float
    upper: float
    p: float
    mde: float
    mde_corrected: float


def mean_effect(values: Floats, clusters: Labels) -> Effect:
    """The mean of `values`, one per example, with its cluster-robust variance CR2.

    The variance is the sum over clusters of their squared sums of residuals over n² (Miller 2024, arXiv 2411.00640,
    eq. 4), each divided by 1 − h, where h is the cluster's share of the examples: CR2 of Bell and McCaffrey (2002,
    Survey Methodology 28:169), unbiased where answers are independent. Clusters of one size get the factor G / (G − 1).
    """
    n = len(values)
    labels, place, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    shares = np.bincount(place, weights=values) / n
    delta = float(values.mean())
    spread = float(np.square(values - delta).sum())
    leverage = sizes / n
    pulls = shares - delta * leverage
    return Effect(
        delta=delta,
        labels=labels,
        shares=shares,
        residuals=pulls / np.sqrt(1 - leverage) if len(labels) > 1 else np.full(1, np.inf),
        freedom=bell_mccaffrey(sizes),
        iid_variance=spread / (n * (n - 1)) if n > 1 else np.inf,
    )


def fold_effect(baseline: Floats, candidate: Floats, clusters: Labels, fold: Callable[[Floats], Floats]) -> Effect:
    """The difference of two folds over sums of sufficient statistics, with the variance of the cluster jackknife.

    `baseline` and `candidate` have one row per example; `fold` maps sums of shape (…, columns) to values of shape (…).
    The jackknife leaves out one cluster at a time, its variance (G − 1) / G times the squared differences from their
    mean (Efron and Stein 1981). `shares` are its linear approximation. The degrees of freedom are those of a mean.
    """
    labels, place, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    statistics = np.stack([baseline, candidate])
    by_cluster = np.stack([grouped_sums(rows, place) for rows in statistics])
    of_baseline, of_candidate = fold(statistics.sum(axis=1))
    delta = of_candidate - of_baseline
    pulls = _pulls(by_cluster, fold)
    return Effect(
        delta=float(delta),
        labels=labels,
        shares=pulls + delta / len(labels),
        residuals=_scaled(pulls),
        freedom=bell_mccaffrey(sizes),
        iid_variance=float(np.square(_scaled(_pulls(statistics, fold))).sum()),
    )


def bell_mccaffrey(sizes: npt.NDArray[np.int64]) -> float:
    """Satterthwaite's degrees of freedom of the CR2 variance of a mean, from the clusters' `sizes`; 0 for one cluster.

    They are 1 / Σ ωᵢⱼ² over all pairs of clusters, with ωᵢᵢ = hᵢ and else ωᵢⱼ = hᵢ hⱼ / √((1 − hᵢ)(1 − hⱼ)), where h
    are the clusters' shares of the examples (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, J Bus Econ Stat
    36:672, with independent answers as the working model). Clusters of one size have G − 1; one that holds half of the
    examples leaves fewer than 4, however many the others are.
    """
    if (sizes == sizes[0]).all():
        return float(len(sizes) - 1)  # what the formula gives but for rounding
    leverage = sizes / sizes.sum()
    pairs = leverage**2 / (1 - leverage)
    return float(1 / (np.square(leverage).sum() + pairs.sum() ** 2 - np.square(pairs).sum()))


def grouped_sums(rows: Floats, place: npt.NDArray[np.intp]) -> Floats:
    """The sum of all rows that share a place, one sum per place from 0 on."""
    sums = np.zeros((int(place.max()) + 1, *rows.shape[1:]))
    np.add.at(sums, place, rows)
    return sums


def _pulls(rows: Floats, fold: Callable[[Floats], Floats]) -> Floats:
    """How far each row moves the difference of the folds: for a mean, its residual over n."""
    n = rows.shape[1]
    if n == 1:
        return np.zeros(1)
    of_baseline, of_candidate = fold(rows.sum(axis=1, keepdims=True) - rows)
    without = of_candidate - of_baseline
    pulls: Floats = (without.mean() - without) * (n - 1) / n
    return pulls


def _scaled(residuals: Floats) -> Floats:
    """Residuals corrected for few clusters, so that their squares sum to the variance; infinite for one cluster."""
    n = len(residuals)
    return residuals * np.sqrt(n / (n - 1)) if n > 1 else np.full(n, np.inf)


def student(effect: Effect, *, confidence: float, power: float, corrected: float | None = None) -> Estimate:
    """Bounds and test by t, with the effect's degrees of freedom.

    `corrected` is the confidence that a correction for several tests demands. With a standard error of 0 the bounds are
    the difference itself and p is 0 or 1; with one cluster the bounds are infinite and p is 1.
    """
    freedom, error = effect.freedom, float(np.sqrt(effect.variance))
    quantile = float(special.stdtrit(freedom, confidence)) if freedom else 1.0
    demanded = float(special.stdtrit(freedom, corrected or confidence)) if freedom else 1.0
    reach = float(special.stdtrit(freedom, power)) if freedom else 0.0
    return Estimate(
        delta=effect.delta,
        standard_error=error,
        n_clusters=len(effect.labels),
        freedom=freedom,
        design_effect=effect.design_effect,
        lower=effect.delta - quantile * error,
        upper=effect.delta + quantile * error,
        p=t_test(effect.delta, error, freedom),
        mde=(quantile + reach) * error,
        mde_corrected=(demanded + reach) * error,
    )


def t_test(delta: float, error: float, freedom: float) -> float:
    """The one-sided p-value of "not below zero"; 1 where the error is unknown."""
    if not np.isfinite(error):
        return 1.0
    return float(special.stdtr(freedom, delta / error)) if error > 0 else float(delta >= 0)


def power(drop: float, *, standard_error: float, freedom: float, confidence: float) -> float:
    """The chance that a true drop is significant in a one-sided t-test (non-central t); `standard_error` above 0."""
    quantile = float(special.stdtrit(freedom, confidence))
    return float(special.nctdtr(freedom, -drop / standard_error, -quantile))


def clusters_needed(n_clusters: int, *, mde: float, margin: float) -> int | None:
    """How many clusters would show a drop of the margin with the power by which `n_clusters` show one of `mde`.

    The smallest drop that shows shrinks with the square root of their number. Rounded up: one fewer would not suffice.
    None where either is zero or unknown (infinite).
    """
    if not 0 < mde < math.inf or margin <= 0:
        return None
    needed = n_clusters * (mde / margin) ** 2
    return math.ceil(needed - 1e-6)  # 900.0000000001 is 900: floats are not the reason for one more
