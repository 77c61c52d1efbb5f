"""Baseline against candidate on one metric: which method the data asks for, and what it finds. Pure."""

from dataclasses import dataclass

import numpy as np

from clue_lib import stats
from clue_lib.judging.pairing import Folded, Paired, pair
from clue_lib.stats import Effect, Estimate, Floats
from clue_lib.types import Comparison, Inference, Levels, Method, TaskRun


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


def compare(baseline: TaskRun, candidate: TaskRun, metric: str, *, confidence: float, power: float) -> Comparison:
    """Baseline against candidate on one metric.

    Raises PairingError where the runs differ in more than the model (other examples, gold, prompts, engine or scoring),
    NothingMeasured where the metric is undefined for every example.
    """
    return describe(measure(pair(baseline, candidate, metric), confidence=confidence, power=power))


def measure(paired: Paired, *, confidence: float, power: float) -> Measured:
    """The difference by the method that the data asks for.

    A metric whose value for a run is no mean over examples (macro-F1) gets the cluster jackknife. Answers that score 0
    or 1 get score bounds, and exact McNemar's test where every example is its own cluster and was asked once. All
    others get Student's t with G − 1 degrees of freedom for G clusters. Of these, rates of unwanted output (unsupported
    concepts, invalid codes) get score bounds too: near a rate of 0, a few answers that are wholly wrong can make a drop
    of the whole margin, and by t alone a drop of 3 points was held in 8 to 11 % of runs instead of 5 %.
    """
    if paired.folded is not None:
        return _measured_fold(paired, paired.folded, confidence=confidence, power=power)
    effect = stats.mean_effect(paired.deltas, paired.clusters)
    if paired.is_binary:
        method, estimate = _flags(paired, effect, confidence=confidence, power=power)
    elif paired.sign < 0:
        method, estimate = "cluster score", stats.shares(effect, n=paired.n, confidence=confidence, power=power)
    else:
        method, estimate = "cluster t", stats.student(effect, confidence=confidence, power=power)
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
        n_worse=int((paired.deltas < 0).sum()),
        n_better=int((paired.deltas > 0).sum()),
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
    )


def values(paired: Paired) -> tuple[float, float]:
    """What baseline and candidate score: the mean, or the fold of the summed statistics."""
    folded = paired.folded
    if folded is None:
        return float(paired.baseline.mean()), float(paired.candidate.mean())
    baseline, candidate = (float(folded.corpus.fold(rows.sum(axis=0))) for rows in (folded.baseline, folded.candidate))
    return baseline, candidate


def _flags(paired: Paired, effect: Effect, *, confidence: float, power: float) -> tuple[Method, Estimate]:
    """Answers that score 0 or 1. `failing` is the share of answers with the worse score, over both models."""
    above_half = paired.sign * (paired.baseline + paired.candidate - 1).mean()
    failing = float((1 - above_half) / 2)
    estimate = stats.flags(
        paired.deltas, effect, failing=failing, n_repeats=paired.n_repeats, confidence=confidence, power=power
    )
    is_independent = stats.is_independent(effect, paired.n, paired.n_repeats)
    return "McNemar" if is_independent else "cluster score", estimate


def _measured_fold(paired: Paired, folded: Folded, *, confidence: float, power: float) -> Measured:
    better, worse = (folded.candidate, folded.baseline) if paired.sign > 0 else (folded.baseline, folded.candidate)
    effect = stats.fold_effect(worse, better, paired.clusters, folded.corpus.fold)
    return Measured(
        paired=paired,
        effect=effect,
        estimate=stats.student(effect, confidence=confidence, power=power),
        method="jackknife",
        own_bounds=_own_fold(paired, folded, confidence=confidence, power=power),
    )


def _own_fold(paired: Paired, folded: Folded, *, confidence: float, power: float) -> tuple[float, float]:
    """Bounds of the candidate's own fold, by the jackknife too: its difference from 0."""

    def fold(sums: Floats) -> Floats:
        value = folded.corpus.fold(sums[1])
        return np.stack([np.zeros_like(value), value])

    effect = stats.fold_effect(folded.candidate, folded.candidate, paired.clusters, fold)
    own = stats.student(effect, confidence=confidence, power=power)
    return max(own.lower, 0.0), min(own.upper, 1.0)
