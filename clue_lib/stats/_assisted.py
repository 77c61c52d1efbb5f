"""A mean on a subset, with the help of what is known of all examples: a regression estimator with cross-fitted slopes.

Slopes of the covariates are fitted without the cluster that they are applied to (cross-fitting, Chernozhukov et al.
2018, Econom J 21:C1), and the covariates are centred at their mean over all examples: whatever the slopes are, the
estimate has the plain mean's expectation (Cochran 1977, Sampling Techniques, section 7.3).
"""

from dataclasses import dataclass

import numpy as np

from clue_lib.stats._effect import Floats, Labels

N_FOLDS = 5
"""In how many parts the clusters are put: each part's slopes are fitted on the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisted:
    """The mean with assistance: the estimate, its cluster-robust standard error, and that of the plain mean beside it.

    `ratio` of the two errors is also that of the smallest effects that show.
    """

    delta: float
    standard_error: float
    plain_error: float

    @property
    def ratio(self) -> float:
        """The error with assistance over that without."""
        return self.standard_error / self.plain_error


def assisted(values: Floats, places: Labels, covariates: Floats, clusters: Labels) -> Assisted | None:
    """The mean of `values`, which stand at `places` among all examples, with covariates of all of them.

    `covariates` have one row for each of all examples, and few columns; `clusters` one label each. None where nothing
    varies, or where a part of the clusters would leave fewer of them than four for each slope.
    """
    n, n_all = len(values), len(clusters)
    labels, place = np.unique(clusters, return_inverse=True)
    of_subset = place[places]
    present, rank = np.unique(of_subset, return_inverse=True)
    n_clusters = len(present)
    if n_clusters * (N_FOLDS - 1) < 4 * N_FOLDS * (covariates.shape[1] + 1):
        return None
    centred = covariates - covariates.mean(axis=0)
    slopes = _slopes(values, centred[places], rank % N_FOLDS)
    helped = values - (centred[places] * slopes[rank % N_FOLDS]).sum(axis=1)
    delta = float(helped.mean())
    shares = np.bincount(of_subset, weights=helped - delta, minlength=len(labels)) / n
    shares += np.bincount(place, weights=centred @ slopes.mean(axis=0), minlength=len(labels)) / n_all
    plain = np.bincount(of_subset, weights=values - values.mean(), minlength=len(labels)) / n
    scale = n_clusters / (n_clusters - 1)
    error, plain_error = (float(np.sqrt(scale * np.square(each).sum())) for each in (shares, plain))
    if not plain_error > 0:
        return None
    return Assisted(delta=delta, standard_error=error, plain_error=plain_error)


def _slopes(values: Floats, covariates: Floats, folds: Labels) -> Floats:
    """The least squares slopes of each fold, fitted with an intercept on the other folds; shape (folds, covariates)."""
    design = np.column_stack([np.ones(len(values)), covariates])
    slopes = []
    for fold in range(N_FOLDS):
        others = folds != fold
        fitted, *_ = np.linalg.lstsq(design[others], values[others], rcond=None)
        slopes.append(fitted[1:])
    return np.array(slopes)
