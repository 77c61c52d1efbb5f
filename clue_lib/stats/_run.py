"""Tests over a whole run: the corrections for several tests, and the pooled test by sign flips."""

from collections.abc import Sequence

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


def hommel(p: Floats) -> Floats:
    """Hommel's adjusted p-values (1988): a closed test whose test of a set is Simes'; in the order given.

    Of all sets of m that hold an element, Simes' p is largest for the element and the m − 1 largest p. So its adjusted
    p is the largest over m of the smallest of m · p and of m / (j + 1) times the j-th of those, smallest first.
    """
    order = np.argsort(p, kind="stable")
    sorted_p = p[order]
    adjusted = sorted_p.copy()
    for m in range(2, len(p) + 1):
        largest = sorted_p[len(p) - m + 1 :]  # the m − 1 largest; one that is among them brings the next in itself
        simes_of_rest = (m * largest / np.arange(2, m + 1)).min()
        own = np.minimum(m * sorted_p, simes_of_rest)
        own[len(p) - m + 1 :] = own[len(p) - m]  # a set that holds one of these is that of the next smaller one
        adjusted = np.maximum(adjusted, own)
    result = np.empty_like(p)
    result[order] = np.minimum(adjusted, 1.0)
    return result


def hommel_in_groups(groups: Sequence[Floats]) -> list[Floats]:
    """Adjusted p-values of the closed test that is Bonferroni's over groups and Simes' within one, group by group.

    Each is what Holm's procedure makes of the element's Hommel p among the largest p of the other groups. With groups
    of one it is Holm's, with one group Hommel's. Groups are not empty.
    """
    in_groups = [hommel(p) for p in groups]
    largest = [float(p.max()) for p in groups]
    adjusted = []
    for place, of_group in enumerate(in_groups):
        others = np.sort(np.array(largest[:place] + largest[place + 1 :]))[::-1]
        factors = np.arange(2, len(others) + 2)
        steps = np.minimum(of_group[:, np.newaxis], others) * factors  # k + 1 times the k-th largest of the others
        worst = np.maximum(of_group, steps.max(axis=1)) if len(others) else of_group
        adjusted.append(np.minimum(worst, 1.0))
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
