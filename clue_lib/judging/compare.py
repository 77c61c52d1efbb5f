"""Baseline against candidate on one metric: which method the data asks for, and what it finds. Pure."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from clue_lib import stats
from clue_lib.judging.pairing import Folded, Paired
from clue_lib.stats import Effect, Estimate, Floats
from clue_lib.types import Comparison, Inference, Levels, Method


class Asked(TypedDict):
    """What every method of `clue_lib.stats` is asked for: as its keyword arguments."""

    confidence: float
    power: float
    corrected: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A paired metric with its difference: the `effect` by cluster, the `estimate` over all.

    `own_bounds` are one-sided bounds of the candidate's own value; (0, 1) means unbounded.
    """

    paired: Paired
    effect: Effect
    estimate: Estimate
    method: Method
    own_bounds: tuple[float, float] = (0.0, 1.0)


def measure(paired: Paired, *, confidence: float, power: float, corrected: float | None = None) -> Measured:
    """The difference by the method that the data asks for; `corrected` is the confidence after a run's correction.

    A metric whose value for a run is no mean over examples (macro-F1) gets the cluster jackknife. Answers that score 0
    or 1 get score bounds, and exact McNemar's test where every example is its own cluster and was asked once. All
    others get t with a cluster-robust variance and its degrees of freedom, corrected for skewness. Of these, rates of
    unwanted output (unsupported concepts, invalid codes) get score bounds too: near a rate of 0, a few answers that are
    wholly wrong can make a drop of the whole margin, and by t alone a drop of 3 points was held in 8 to 11 % of runs
    instead of 5 %.
    """
    asked = Asked(confidence=confidence, power=power, corrected=corrected)
    if paired.folded is not None:
        return _measured_fold(paired, paired.folded, asked)
    effect = stats.mean_effect(paired.deltas, paired.clusters)
    method: Method
    if paired.is_binary:
        method, estimate = _flags(paired, effect, asked)
    elif paired.sign < 0:
        method, estimate = "cluster score", stats.shares(effect, n=paired.n, **asked)
    else:
        method, estimate = "cluster t", stats.skewed(effect, **asked)
    own_bounds = stats.share_bounds(paired.candidate, paired.clusters, confidence=confidence)
    return Measured(paired=paired, effect=effect, estimate=estimate, method=method, own_bounds=own_bounds)


def describe(measured: Measured) -> Comparison:
    """The comparison of one metric of one task."""
    paired = measured.paired
    baseline, candidate = values(paired)
    lower, upper = measured.own_bounds
    return Comparison(
        task=paired.task,
        metric=paired.metric,
        tier=paired.tier,
        method=measured.method,
        n=paired.n,
        n_excluded=paired.n_excluded,
        n_unanswered=paired.n_unanswered,
        n_worse=int((paired.deltas < 0).sum()),
        n_better=int((paired.deltas > 0).sum()),
        net_worse=_net_worse(paired),
        inference=inference(measured.estimate),
        levels=Levels(baseline=baseline, candidate=candidate, candidate_lower=lower, candidate_upper=upper),
        worst=paired.worst,
        signature=paired.signature,
    )


def inference(estimate: Estimate) -> Inference:
    """What a comparison keeps of an estimate."""
    return Inference(
        n_clusters=estimate.n_clusters,
        freedom=estimate.freedom,
        design_effect=estimate.design_effect,
        delta=estimate.delta,
        lower=estimate.lower,
        upper=estimate.upper,
        p=estimate.p,
        mde=estimate.mde,
        mde_corrected=estimate.mde_corrected,
    )


def values(paired: Paired) -> tuple[float, float]:
    """What baseline and candidate score: the mean, or the fold of the summed statistics."""
    folded = paired.folded
    if folded is None:
        return float(paired.baseline.mean()), float(paired.candidate.mean())
    baseline, candidate = (float(folded.corpus.fold(rows.sum(axis=0))) for rows in (folded.baseline, folded.candidate))
    return baseline, candidate


def _net_worse(paired: Paired) -> float:
    """How many examples got worse on balance: flags are counted, of shares the mass counts, −n times the mean."""
    if paired.is_binary:
        return float((paired.deltas < 0).sum() - (paired.deltas > 0).sum())
    return float(-paired.deltas.sum())


def _flags(paired: Paired, effect: Effect, asked: Asked) -> tuple[Method, Estimate]:
    """Answers that score 0 or 1. `failing` is the share of answers with the worse score, over both models."""
    above_half = paired.sign * (paired.baseline + paired.candidate - 1).mean()
    failing = float((1 - above_half) / 2)
    estimate = stats.flags(paired.deltas, effect, failing=failing, n_repeats=paired.n_repeats, **asked)
    is_independent = stats.is_independent(effect, paired.n, paired.n_repeats)
    return "McNemar" if is_independent else "cluster score", estimate


def _measured_fold(paired: Paired, folded: Folded, asked: Asked) -> Measured:
    better, worse = (folded.candidate, folded.baseline) if paired.sign > 0 else (folded.baseline, folded.candidate)
    effect = stats.fold_effect(worse, better, paired.clusters, folded.corpus.fold)
    return Measured(
        paired=paired,
        effect=effect,
        estimate=stats.student(effect, **asked),
        method="jackknife",
        own_bounds=_own_fold(paired, folded, asked),
    )


def _own_fold(paired: Paired, folded: Folded, asked: Asked) -> tuple[float, float]:
    """Bounds of the candidate's own fold, by the jackknife too: its difference from 0."""

    def fold(sums: Floats) -> Floats:
        value = folded.corpus.fold(sums[1])
        return np.stack([np.zeros_like(value), value])

    effect = stats.fold_effect(folded.candidate, folded.candidate, paired.clusters, fold)
    own = stats.student(effect, **asked)
    return max(own.lower, 0.0), min(own.upper, 1.0)
