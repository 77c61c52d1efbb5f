"""Several metrics' differences summed to one: averages, families over tasks, and the pooled test. Pure."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from clue_lib import digests, stats
from clue_lib.judging import averages
from clue_lib.judging.compare import Asked, Measured, inference, values
from clue_lib.judging.pairing import Paired
from clue_lib.judging.together import joint_tier
from clue_lib.stats import Estimate, Part
from clue_lib.types import Comparison, Levels, Method

N_FLIPS = 10_000

Weighted = tuple[float, Measured]
"""A metric with its weight in a sum, whose weights add up to 1."""


def average(weighted: Sequence[Weighted], *, task: str, metric: str, asked: Asked | None = None) -> Comparison:
    """The weighted sum of differences, named `task` and `metric`: a level, say, or a family over tasks.

    `asked` says which confidence the correction demands, and at which the parts were measured. Raises PairingError
    where bundled data would be averaged with real.
    """
    estimate = _estimate(weighted, asked)
    measured = [one for _, one in weighted]
    return _summed(measured, estimate, "average", _levels(weighted), task=task, metric=metric)


def any_degradation(
    groups: Sequence[Sequence[Measured]], *, seed: int, task: str, metric: str, asked: Asked | None = None
) -> Comparison:
    """As `average` of all groups, `normalised`, with the p of a sign-flip test, which swaps models on whole clusters.

    Clusters of one name in several tasks, such as LongHealth's patients, are swapped together. Scores of all kinds are
    summed, so that neither model has a value of its own.
    """
    weighted = normalised(groups)
    p = float(stats.sign_flips(stats.joint_shares(summands(weighted)), n_flips=N_FLIPS, seed=seed))
    estimate = dataclasses.replace(_estimate(weighted, asked), p=p)
    measured = [one for group in groups for one in group]
    return _summed(measured, estimate, "sign flips", None, task=task, metric=metric)


def normalised(groups: Sequence[Sequence[Measured]]) -> list[Weighted]:
    """Every metric with its weight, where each group's shares count over the root of their sum of squares.

    So a loss counts by how surely it is known: a point of 1,000 summaries for more than one of 140 cases. In a group
    all metrics weigh the same; the weights sum to 1. A group that does not differ at all adds nothing and is left out,
    unless none differs.
    """
    weighted: list[Weighted] = []
    for weight, group in averages.equally([[group] for group in groups if group]):
        within = averages.equally([group])
        scale = float(np.sqrt(np.square(stats.joint_shares(summands(within))).sum()))
        weighted += [(weight * share / scale, one) for share, one in within] if scale > 0 else []
    total = sum(weight for weight, _ in weighted)
    return [(weight / total, one) for weight, one in weighted] or averages.equally(groups)


def _estimate(weighted: Sequence[Weighted], asked: Asked | None) -> Estimate:
    estimate = stats.average(summands(weighted))
    return estimate if asked is None else stats.at_level(estimate, **asked)


def summands(weighted: Sequence[Weighted]) -> list[Part]:
    """The weighted metrics as `clue_lib.stats` takes them."""
    return [Part(weight=weight, effect=one.effect, estimate=one.estimate) for weight, one in weighted]


def pool(parts: Sequence[Paired], task: str) -> Paired:
    """Several tasks' examples as one task's, of one metric that is a mean.

    Raises PairingError where bundled examples would stand among real ones.
    """
    first = parts[0]
    return Paired(
        task=task,
        metric=first.metric,
        tier=joint_tier([part.tier for part in parts], task),
        signature=_joint_signature(parts),
        sign=first.sign,
        clusters=np.concatenate([part.clusters for part in parts]),
        baseline=np.concatenate([part.baseline for part in parts]),
        candidate=np.concatenate([part.candidate for part in parts]),
        n_repeats=max(part.n_repeats for part in parts),
        is_binary=all(part.is_binary for part in parts),
        n_excluded=sum(part.n_excluded for part in parts),
        n_unanswered=sum(part.n_unanswered for part in parts),
    )


def _summed(
    measured: Sequence[Measured], estimate: Estimate, method: Method, levels: Levels | None, *, task: str, metric: str
) -> Comparison:
    paired = [one.paired for one in measured]
    n, n_excluded = _sizes(paired)
    deltas = np.concatenate([part.deltas for part in paired])
    return Comparison(
        task=task,
        metric=metric,
        tier=joint_tier([part.tier for part in paired], task),
        method=method,
        n=n,
        n_excluded=n_excluded,
        n_unanswered=_n_unanswered(paired),
        n_worse=int((deltas < 0).sum()),
        n_better=int((deltas > 0).sum()),
        net_worse=-n * estimate.delta,
        inference=inference(estimate),
        levels=levels,
        worst=(),
        signature=_joint_signature(paired),
    )


def _sizes(paired: Sequence[Paired]) -> tuple[int, int]:
    """How many examples count and are left out, over all tasks; of a task, those of its best covered metric."""
    by_task: dict[str, list[Paired]] = {}
    for part in paired:
        by_task.setdefault(part.task, []).append(part)
    n = sum(max(part.n for part in of_task) for of_task in by_task.values())
    n_excluded = sum(min(part.n_excluded for part in of_task) for of_task in by_task.values())
    return n, n_excluded


def _n_unanswered(paired: Sequence[Paired]) -> int:
    """Over all tasks; of a task, those of its metric that lost most examples so."""
    by_task: dict[str, int] = {}
    for part in paired:
        by_task[part.task] = max(by_task.get(part.task, 0), part.n_unanswered)
    return sum(by_task.values())


def _levels(weighted: Sequence[Weighted]) -> Levels:
    """The weighted sums of what the models score, and bounds of the candidate's."""
    weights = np.array([weight for weight, _ in weighted])
    scores = np.array([values(one.paired) for _, one in weighted])
    baseline, candidate = weights @ scores
    lower, upper = _own_bounds(weighted)
    return Levels(baseline=float(baseline), candidate=float(candidate), candidate_lower=lower, candidate_upper=upper)


def _own_bounds(weighted: Sequence[Weighted]) -> tuple[float, float]:
    """Bounds of the candidate's own average, made of its parts' own bounds in the way of those of the difference."""
    parts = []
    for weight, one in weighted:
        effect = stats.mean_effect(one.paired.candidate, one.paired.clusters)
        lower, upper = one.own_bounds
        error = float(np.sqrt(effect.variance))
        own = dataclasses.replace(one.estimate, delta=effect.delta, standard_error=error, lower=lower, upper=upper)
        parts.append(Part(weight=weight, effect=effect, estimate=own))
    bounds = stats.average(parts)
    return max(bounds.lower, 0.0), min(bounds.upper, 1.0)


def _joint_signature(parts: Sequence[Paired]) -> str:
    """The signature of a number that is made of several metrics' values."""
    made_of = digests.of_value(sorted((part.task, part.signature) for part in parts))
    return f"average|v2|{made_of[:16]}"
