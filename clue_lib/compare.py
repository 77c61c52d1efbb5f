"""Pairs two runs of one task, example by example, or refuses. Pure."""

from collections.abc import Sequence

import numpy as np

from clue_lib import stats
from clue_lib.errors import PairingError
from clue_lib.metrics import METRICS
from clue_lib.types import PRIVATE_TIERS, Comparison, Example, Flip, TaskRun

N_WORST = 3


def compare(baseline: TaskRun, candidate: TaskRun, metric: str, *, confidence: float, power: float) -> Comparison:
    """Baseline against candidate on one metric.

    Raises PairingError where the runs differ in more than the model: other examples, gold, prompts, engine or scoring.
    """
    check_pairing(baseline, candidate)
    counted = _counted(baseline, candidate, metric)
    examples = [baseline.responses[i].example for i in counted]
    before, after = (_by_example(run.scores[metric], counted, examples) for run in (baseline, candidate))
    sign = 1.0 if METRICS[metric].better == "higher" else -1.0
    deltas = sign * (after - before)
    by_id = {example.id: example.cluster for example in examples}
    _, clusters = np.unique(list(by_id.values()), return_inverse=True)
    estimate = stats.cluster_mean(deltas, clusters, confidence=confidence, power=power)
    return Comparison(
        task=baseline.task,
        metric=metric,
        tier=baseline.tier,
        n=len(deltas),
        n_clusters=estimate.n_clusters,
        baseline=float(before.mean()),
        candidate=float(after.mean()),
        delta=estimate.mean,
        lower=estimate.lower,
        upper=estimate.upper,
        p=estimate.p,
        mde=estimate.mde,
        n_worse=int((deltas < 0).sum()),
        n_better=int((deltas > 0).sum()),
        worst=_worst(baseline, candidate, metric, sign),
        signature=baseline.signatures[metric],
    )


def _counted(baseline: TaskRun, candidate: TaskRun, metric: str) -> list[int]:
    """The places that the metric says something of, the same for both runs."""
    ours, theirs = ([i for i, v in enumerate(run.scores[metric]) if v is not None] for run in (baseline, candidate))
    if ours != theirs:
        raise PairingError(
            f"{baseline.task}: {metric} leaves out other examples of {baseline.model} than of {candidate.model}"
        )
    if not ours:
        raise PairingError(f"{baseline.task}: {metric} says nothing of any example")
    return ours


def _by_example(scores: Sequence[float | None], counted: Sequence[int], examples: Sequence[Example]) -> stats.Floats:
    """Mean score of each example's repeats, in the order in which the examples first stand."""
    _, first, place = np.unique([e.id for e in examples], return_index=True, return_inverse=True)
    values = np.array([scores[i] for i in counted], dtype=float)
    means = np.bincount(place, weights=values) / np.bincount(place)
    order: stats.Floats = means[np.argsort(first)]
    return order


def check_pairing(baseline: TaskRun, candidate: TaskRun) -> None:
    """Raise PairingError unless the runs may be compared."""
    if len(baseline.responses) == 0:
        raise PairingError(f"{baseline.task}: no examples; nothing can be compared")
    pairs = {
        "example ids": (_ids(baseline), _ids(candidate)),
        "gold answers": (baseline.gold_digests, candidate.gold_digests),
        "prompts": (baseline.prompt_digests, candidate.prompt_digests),
        "engine": (baseline.engine, candidate.engine),
        "scoring": (baseline.signatures, candidate.signatures),
    }
    for what, (ours, theirs) in pairs.items():
        if ours != theirs:
            detail = f" ({ours} against {theirs})" if what == "engine" else ""
            raise PairingError(
                f"{baseline.task}: {baseline.model} and {candidate.model} differ in {what}{detail}; run both alike"
            )


def _ids(run: TaskRun) -> list[tuple[str, int]]:
    return [(response.example.id, response.example.repeat) for response in run.responses]


def _worst(baseline: TaskRun, candidate: TaskRun, metric: str, sign: float) -> tuple[Flip, ...]:
    """The answers with the largest loss, first in file order among equals; none for data that may not be shown."""
    if baseline.tier in PRIVATE_TIERS:
        return ()
    pairs = zip(baseline.responses, candidate.responses, baseline.scores[metric], candidate.scores[metric], strict=True)
    flips = [
        Flip(
            example_id=before.example.id,
            gold=str(before.example.gold),
            baseline_text=before.generation.text,
            candidate_text=after.generation.text,
            baseline_score=ours,
            candidate_score=theirs,
        )
        for before, after, ours, theirs in pairs
        if ours is not None and theirs is not None and sign * (theirs - ours) < 0
    ]
    return tuple(sorted(flips, key=lambda flip: sign * (flip.candidate_score - flip.baseline_score))[:N_WORST])
