"""One-sided bounds of a share, for floors and ceilings, and of the difference of two."""

import dataclasses
import math

import numpy as np
from scipy import special

from clue_lib.stats._effect import LEAST_ICC, Effect, Estimate, Floats, Labels, mean_effect, student


def share_bounds(values: Floats, clusters: Labels, *, confidence: float) -> tuple[float, float]:
    """One-sided Clopper–Pearson bounds of the mean of `values` in 0..1, each at `confidence`.

    Clusters shrink the sample to Korn and Graubard's effective size (1998, Survey Methodology 24:193): p (1 − p) over
    the cluster-robust variance, times (t(n − 1) / t(f))² for the variance's degrees of freedom f, at most n. Where
    nothing varies it is the number of clusters. Independent 0/1 values get the exact binomial bounds.
    """
    n, effect = len(values), mean_effect(values, clusters)
    share = effect.delta
    n_effective: float = len(effect.labels)
    if 0 < effect.variance < np.inf and effect.freedom < n - 1:
        ratio = special.stdtrit(n - 1, confidence) / special.stdtrit(effect.freedom, confidence)
        n_effective = min(n, share * (1 - share) / effect.variance * ratio**2)
    k = share * n_effective
    lower = float(special.betaincinv(k, n_effective - k + 1, 1 - confidence)) if k > 0 else 0.0
    upper = float(special.betaincinv(k + 1, n_effective - k, confidence)) if k < n_effective else 1.0
    return min(lower, share), upper  # scipy's inverse stops at 2e-12, above a share that is nearer to 0


def shares(effect: Effect, *, n: int, confidence: float, power: float, corrected: float | None = None) -> Estimate:
    """As `student`, for the mean difference of `n` scores in 0..1 of which few may change, and then by up to 1.

    As in a score test, a bound is judged by the variance that its own drop would have: a true drop larger by x than the
    observed one may come from answers that change by 1 and were not drawn, so x solves x² = t² (V + x · inflation / n).
    For 0/1 scores that is Wilson's bound up to terms in x², and t² / n where nothing varies. The inflation is the
    design effect, at least 1 and at least what `LEAST_ICC` gives, so that no bound is closer than Student's.
    """
    by_t = student(effect, confidence=confidence, power=power, corrected=corrected)
    if not effect.freedom:
        return by_t
    inflation = max(effect.design_effect, 1 + (n / len(effect.labels) - 1) * LEAST_ICC)
    quantile = float(special.stdtrit(effect.freedom, confidence))
    unseen = quantile**2 * inflation / (2 * n)
    reach = unseen + math.sqrt(unseen**2 + quantile**2 * inflation * effect.iid_variance)
    return dataclasses.replace(by_t, lower=max(effect.delta - reach, -1.0), upper=min(effect.delta + reach, 1.0))
