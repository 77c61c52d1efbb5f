"""Tests over a whole run: Holm's correction, and the pooled test by sign flips."""

import numpy as np

from clue_lib.stats._effect import Floats

CHUNK = 500


def holm(p: Floats) -> Floats:
    """Holm's step-down adjusted p-values, in the order given (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def sign_flips(shares: Floats, *, n_flips: int, seed: int) -> Floats:
    """The one-sided p-value of "no degradation" for differences that are sums of `shares`, one per cluster.

    If the two models are equally good, swapping them on all of a cluster's answers, which changes the sign of its
    share, is as likely as not. p is how often random swaps give a sum as low as the observed one, which counts as one
    of them (Phipson and Smyth 2010). Clusters are the last axis: the shape (…, clusters) becomes (…).
    """
    generator = np.random.default_rng(seed)
    by_cluster = shares.reshape(-1, shares.shape[-1]).T
    observed = by_cluster.sum(axis=0)
    limit = observed + 1e-12 * np.abs(by_cluster).sum(axis=0)  # equal sums may differ by rounding
    as_low = np.zeros(len(observed))
    for first in range(0, n_flips, CHUNK):
        n_drawn = min(CHUNK, n_flips - first)
        signs = generator.integers(256, size=(n_drawn, -(-len(by_cluster) // 8)), dtype=np.uint8)
        kept = np.unpackbits(signs, axis=1, count=len(by_cluster)).astype(float)
        as_low += (2 * (kept @ by_cluster) - observed <= limit).sum(axis=0)
    return ((1 + as_low) / (1 + n_flips)).reshape(shares.shape[:-1])
