"""Arrays to intervals and tests. Pure; distribution functions are scipy's."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean with its cluster-robust uncertainty.

    `lower` and `upper` are one-sided bounds, each at the confidence asked for; `p` is one-sided for "the mean is not
    below zero"; `mde` is the drop that would be significant with the power asked for. With a standard error of 0 the
    bounds are the mean itself, p is 0 or 1. With one cluster nothing is known: bounds are infinite, p is 1.
    """

    mean: float
    standard_error: float
    n_clusters: int
    lower: float
    upper: float
    p: float
    mde: float


def cluster_mean(values: Floats, clusters: npt.NDArray[np.intp], *, confidence: float, power: float) -> Estimate:
    """Mean of `values` with a cluster-robust t(G − 1) interval.

    `clusters` holds one integer per value. The variance is Miller 2024 (arXiv 2411.00640, eq. 4), the sum over clusters
    of the squared sum of residuals over n², times G / (G − 1) for few clusters (Cameron and Miller 2015, eq. 11).
    """
    n = len(values)
    mean = float(values.mean())
    n_clusters = len(np.unique(clusters))
    if n_clusters < 2:
        return Estimate(
            mean=mean, standard_error=np.inf, n_clusters=n_clusters, lower=-np.inf, upper=np.inf, p=1.0, mde=np.inf
        )
    residuals = np.bincount(clusters, weights=values - mean)
    freedom = n_clusters - 1
    error = float(np.sqrt(n_clusters / freedom * np.square(residuals).sum()) / n)
    quantile = float(special.stdtrit(freedom, confidence))
    return Estimate(
        mean=mean,
        standard_error=error,
        n_clusters=n_clusters,
        lower=mean - quantile * error,
        upper=mean + quantile * error,
        p=float(special.stdtr(freedom, mean / error)) if error > 0 else float(mean >= 0),
        mde=(quantile + float(special.stdtrit(freedom, power))) * error,
    )


def holm(p: Floats) -> Floats:
    """Holm's step-down adjusted p-values, in the order given (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted
