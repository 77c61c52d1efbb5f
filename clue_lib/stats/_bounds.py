"""One-sided exact bounds of a share, for floors and ceilings."""

import numpy as np
from scipy import special

from clue_lib.stats._effect import Floats, Labels, mean_effect


def share_bounds(values: Floats, clusters: Labels, *, confidence: float) -> tuple[float, float]:
    """One-sided Clopper–Pearson bounds of the mean of `values` in 0..1, each at `confidence`.

    Clusters shrink the sample to Korn and Graubard's effective size (1998, Survey Methodology 24:193): p (1 − p) over
    the cluster-robust variance, times (t(n − 1) / t(G − 1))², at most n. Where nothing varies it is the number of
    clusters. Independent 0/1 values get the exact binomial bounds.
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
    return lower, upper
