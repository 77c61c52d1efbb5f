"""Weighted sums of differences whose clusters may be shared: level, case and family averages."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from clue_lib.stats._effect import Effect, Estimate, Floats
from clue_lib.stats._skewness import skewed_p, skewness_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One summand of a weighted sum. The same label in two parts is the same cluster; weights are positive."""

    weight: float
    effect: Effect
    estimate: Estimate


def average(parts: Sequence[Part]) -> Estimate:
    """The weighted sum of the parts' differences, whose MDE is the uncorrected one: see `at_level`.

    Bounds and MDE are recovered from the parts' own (MOVER for correlated estimates, Zou 2007, Psychol Methods 12:399):
    with r the correlations that shared clusters show, the distance from the sum to its bound is
    √(Σ wᵢ wⱼ rᵢⱼ dᵢ dⱼ) of the parts' distances d and weights w. So parts that all have the same clusters keep their
    degrees of freedom, and parts whose scores hardly ever change their skewed bounds. p is the larger of Student's and
    of that with Hall's correction for the sum's own skewness, its degrees of freedom Satterthwaite's over blocks of
    parts that share clusters, each with the fewest of its parts (Satterthwaite 1946).
    """
    weights = np.array([part.weight for part in parts])
    deltas, lower, upper, mdes, errors, design = (
        np.array([getattr(part.estimate, name) for part in parts])
        for name in ("delta", "lower", "upper", "mde", "standard_error", "design_effect")
    )
    delta = float(weights @ deltas)
    if not np.isfinite(errors).all():
        return _unknown(delta, parts)
    residuals = _by_label(parts, [part.effect.residuals for part in parts])
    covariance = (residuals @ residuals.T).toarray()
    correlation = _correlation(covariance)
    error = _norm(weights * errors, correlation)
    freedom = _freedom(covariance, residuals, parts)
    mde = _norm(weights * mdes, correlation)
    independent = _norm(weights * errors / np.sqrt(np.where(design > 0, design, 1.0)), correlation)
    return Estimate(
        delta=delta,
        standard_error=error,
        n_clusters=residuals.shape[1],
        freedom=freedom,
        design_effect=(error / independent) ** 2 if independent > 0 else 1.0,
        lower=delta - _norm(weights * (deltas - lower), correlation),
        upper=delta + _norm(weights * (upper - deltas), correlation),
        p=skewed_p(delta, error, freedom, skewness_of(residuals.sum(axis=0))),
        mde=mde,
        mde_corrected=mde,
    )


def at_level(estimate: Estimate, *, confidence: float, power: float, corrected: float | None) -> Estimate:
    """The estimate of a sum with the MDE at the `corrected` confidence: as much further as t's quantile."""
    if corrected is None or not estimate.freedom or not np.isfinite(estimate.mde):
        return estimate
    usual, strict, reach = (float(q) for q in special.stdtrit(estimate.freedom, [confidence, corrected, power]))
    return dataclasses.replace(estimate, mde_corrected=estimate.mde * (strict + reach) / (usual + reach))


def joint_shares(parts: Sequence[Part]) -> Floats:
    """What each distinct cluster adds to the weighted sum, over all parts, in ascending order of the labels."""
    shares: Floats = _by_label(parts, [part.effect.shares for part in parts]).sum(axis=0)
    return shares


def _by_label(parts: Sequence[Part], values: Sequence[Floats]) -> "csr_array":
    """The parts' weighted values, one row each, one column for each distinct cluster; absent where a part has none.

    Sparse: a part knows a tenth of the clusters, and a dense product of this size spends its time starting threads.
    """
    from scipy.sparse import csr_array

    labels, columns = np.unique(np.concatenate([part.effect.labels for part in parts]), return_inverse=True)
    rows = np.repeat(np.arange(len(parts)), [len(part.effect.labels) for part in parts])
    weighted = np.concatenate([part.weight * of_part for part, of_part in zip(parts, values, strict=True)])
    return csr_array((weighted, (rows, columns)), shape=(len(parts), len(labels)))


def _correlation(covariance: Floats) -> Floats:
    errors = np.sqrt(np.diag(covariance))
    scale = np.outer(errors, errors)
    correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _norm(distances: Floats, correlation: Floats) -> float:
    """The root of the weighted products; infinite where one of the distances is."""
    if np.isinf(distances).any():
        return float("inf")
    return float(np.sqrt(max(float(distances @ correlation @ distances), 0.0)))


def _freedom(covariance: Floats, residuals: "csr_array", parts: Sequence[Part]) -> float:
    """Satterthwaite's degrees of freedom of the sum's variance."""
    from scipy.sparse import csgraph

    is_present = abs(residuals) > 0
    n_blocks, block = csgraph.connected_components(is_present.astype(float) @ is_present.T, directed=False)
    variances = np.bincount(block, weights=covariance.sum(axis=1), minlength=n_blocks)
    fewest = np.full(n_blocks, np.inf)
    np.minimum.at(fewest, block, [part.effect.freedom for part in parts])
    spread = float((variances**2 / fewest).sum())
    return float(variances.sum() ** 2 / spread) if spread > 0 else float(fewest.min())


def _unknown(delta: float, parts: Sequence[Part]) -> Estimate:
    """The estimate where one of the parts has a single cluster, so that its error is unknown."""
    n_clusters = len(np.unique(np.concatenate([part.effect.labels for part in parts])))
    inf = float("inf")
    return Estimate(
        delta=delta,
        standard_error=inf,
        n_clusters=n_clusters,
        freedom=0,
        design_effect=1.0,
        lower=-inf,
        upper=inf,
        p=1.0,
        mde=inf,
        mde_corrected=inf,
    )
