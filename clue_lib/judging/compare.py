"""Baseline against candidate: which method the data asks for, and what it finds. Pure."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clue_lib import stats
from clue_lib.judging.pairing import Paired, joint_signature, joint_tier, pair
from clue_lib.metrics.base import Corpus
from clue_lib.stats import Effect, Estimate, Floats, Part
from clue_lib.types import Comparison, Method, TaskRun

N_FLIPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A paired metric with its difference, by cluster and in sum; `own_bounds` are those of the candidate's mean."""

    paired: Paired
    effect: Effect
    estimate: Estimate
    method: Method
    own_bounds: tuple[float, float] = (0.0, 1.0)


def compare(baseline: TaskRun, candidate: TaskRun, metric: str, *, confidence: float, power: float) -> Comparison:
    """Baseline against candidate on one metric.

    Raises PairingError where the runs differ in more than the model: other examples, gold, prompts, engine or scoring.
    """
    return describe(measure(pair(baseline, candidate, metric), confidence=confidence, power=power))


def measure(paired: Paired, *, confidence: float, power: float) -> Measured:
    """The difference by the method that the data asks for.

    A fold that is no mean takes the cluster jackknife; answers that score 0 or 1 take score bounds, with exact
    McNemar's test where every example is its own cluster and was asked once. All else takes t(G − 1) over clusters,
    shares of what must not be (unsupported concepts, invalid codes) with score bounds: near 0 a drop of the margin can
    be few answers that are wholly wrong, and by t alone one of 3 points was held in 8 to 11 % of runs instead of 5.
    """
    deltas, options = paired.deltas, {"confidence": confidence, "power": power}
    if paired.corpus is not None and paired.statistics is not None:
        before, after = paired.statistics if paired.sign > 0 else paired.statistics[::-1]
        effect = stats.fold_effect(before, after, paired.clusters, paired.corpus.fold)
        return Measured(
            paired=paired,
            effect=effect,
            estimate=stats.student(effect, **options),
            method="jackknife",
            own_bounds=_own_fold(paired, paired.corpus, paired.statistics[1], **options),
        )
    effect = stats.mean_effect(deltas, paired.clusters)
    own = stats.share_bounds(paired.candidate, paired.clusters, confidence=confidence)
    if not paired.is_binary and paired.sign < 0:
        estimate = stats.shares(effect, n=len(deltas), **options)
        return Measured(paired=paired, effect=effect, estimate=estimate, method="cluster score", own_bounds=own)
    if not paired.is_binary:
        estimate = stats.student(effect, **options)
        return Measured(paired=paired, effect=effect, estimate=estimate, method="cluster t", own_bounds=own)
    failing = (1 - paired.sign * (paired.baseline + paired.candidate - 1).mean()) / 2
    estimate = stats.flags(deltas, effect, failing=float(failing), n_repeats=paired.n_repeats, **options)
    method: Method = "McNemar" if stats.is_independent(effect, len(deltas), paired.n_repeats) else "cluster score"
    return Measured(paired=paired, effect=effect, estimate=estimate, method=method, own_bounds=own)


def describe(measured: Measured) -> Comparison:
    """One metric of one task as a comparison."""
    paired, deltas = measured.paired, measured.paired.deltas
    before, after = _values(paired)
    return Comparison(
        task=paired.task,
        metric=paired.metric,
        tier=paired.tier,
        method=measured.method,
        n=len(deltas),
        n_excluded=paired.n_excluded,
        baseline=before,
        candidate=after,
        n_worse=int((deltas < 0).sum()),
        n_better=int((deltas > 0).sum()),
        worst=paired.worst,
        signature=paired.signature,
        candidate_lower=measured.own_bounds[0],
        candidate_upper=measured.own_bounds[1],
        **_inference(measured.estimate),
    )


def average(groups: Sequence[Sequence[Measured]], *, task: str, metric: str) -> Comparison:
    """The mean over groups of the mean over each group's metrics, as CLUE averages: a level, or a family over tasks.

    Raises PairingError where bundled data would be averaged with other.
    """
    return _average(groups, stats.average(weighted_parts(groups)), "average", task, metric)


def any_degradation(groups: Sequence[Sequence[Measured]], *, seed: int, task: str, metric: str) -> Comparison:
    """As `average`, but with the p of a sign-flip test: each cluster's answers change models as a whole.

    Clusters of one name in several tasks, such as LongHealth's patients, change together.
    """
    parts = weighted_parts(groups)
    p = float(stats.sign_flips(stats.joint_shares(parts), n_flips=N_FLIPS, seed=seed))
    return _average(groups, dataclasses.replace(stats.average(parts), p=p), "sign flips", task, metric)


def weighted_parts(groups: Sequence[Sequence[Measured]]) -> list[Part]:
    """All groups' metrics, each group of the same weight and in it each metric."""
    return [
        Part(weight=1 / len(groups) / len(group), effect=measured.effect, estimate=measured.estimate)
        for group in groups
        for measured in group
    ]


def _average(
    groups: Sequence[Sequence[Measured]], estimate: Estimate, method: Method, task: str, metric: str
) -> Comparison:
    paired = [measured.paired for group in groups for measured in group]
    values = np.array([_values(part) for part in paired])
    weights = np.array([part.weight for part in weighted_parts(groups)])
    before, after = weights @ values
    own = _own_average(groups) if task != "pooled" else (0.0, 1.0)
    by_task: dict[str, list[Paired]] = {}
    for part in paired:
        by_task.setdefault(part.task, []).append(part)
    deltas = np.concatenate([part.deltas for part in paired])
    return Comparison(
        task=task,
        metric=metric,
        tier=joint_tier([part.tier for part in paired], task),
        method=method,
        n=sum(max(len(part.clusters) for part in parts) for parts in by_task.values()),
        n_excluded=sum(min(part.n_excluded for part in parts) for parts in by_task.values()),
        baseline=float(before),
        candidate=float(after),
        n_worse=int((deltas < 0).sum()),
        n_better=int((deltas > 0).sum()),
        worst=(),
        signature=joint_signature(paired),
        candidate_lower=own[0],
        candidate_upper=own[1],
        **_inference(estimate),
    )


def _own_fold(paired: Paired, corpus: Corpus, rows: Floats, *, confidence: float, power: float) -> tuple[float, float]:
    """Bounds of the candidate's own fold, by the jackknife too: its difference from 0."""

    def fold(sums: Floats) -> Floats:
        value = corpus.fold(sums[1])
        return np.stack([np.zeros_like(value), value])

    effect = stats.fold_effect(rows, rows, paired.clusters, fold)
    found = stats.student(effect, confidence=confidence, power=power)
    return max(found.lower, 0.0), min(found.upper, 1.0)


def _own_average(groups: Sequence[Sequence[Measured]]) -> tuple[float, float]:
    """Bounds of the candidate's own average, out of its parts' own as those of the difference are."""
    parts = []
    for part, measured in zip(weighted_parts(groups), itertools.chain(*groups), strict=True):
        effect = stats.mean_effect(measured.paired.candidate, measured.paired.clusters)
        lower, upper = measured.own_bounds
        error = float(np.sqrt(effect.variance))
        own = dataclasses.replace(part.estimate, delta=effect.delta, standard_error=error, lower=lower, upper=upper)
        parts.append(dataclasses.replace(part, effect=effect, estimate=own))
    found = stats.average(parts)
    return max(found.lower, 0.0), min(found.upper, 1.0)


def _inference(estimate: Estimate) -> dict[str, Any]:
    names = ("n_clusters", "freedom", "design_effect", "delta", "lower", "upper", "p", "mde")
    return {name: getattr(estimate, name) for name in names}


def _values(paired: Paired) -> tuple[float, float]:
    """What each model scores: the mean, or the fold of the summed statistics."""
    if paired.corpus is not None and paired.statistics is not None:
        before, after = (float(paired.corpus.fold(rows.sum(axis=0))) for rows in paired.statistics)
        return before, after
    return float(paired.baseline.mean()), float(paired.candidate.mean())
