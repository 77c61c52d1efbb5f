"""Pairs two runs of one task, example by example, or refuses. Pure."""

import numpy as np

from clue_lib import stats
from clue_lib.errors import PairingError
from clue_lib.metrics import METRICS
from clue_lib.types import PRIVATE_TIERS, Comparison, Flip, TaskRun

N_WORST = 3


def compare(baseline: TaskRun, candidate: TaskRun, metric: str, *, confidence: float, power: float) -> Comparison:
    """Baseline against candidate on one metric.

    Raises PairingError where the runs differ in more than the model: other examples, gold, prompts, engine or scoring.
    """
    check_pairing(baseline, candidate)
    before = np.array(baseline.scores[metric])
    after = np.array(candidate.scores[metric])
    sign = 1.0 if METRICS[metric].better == "higher" else -1.0
    deltas = sign * (after - before)
    _, clusters = np.unique([response.example.cluster for response in baseline.responses], return_inverse=True)
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
        worst=_worst(baseline, candidate, metric, deltas),
        signature=baseline.signatures[metric],
    )


def check_pairing(baseline: TaskRun, candidate: TaskRun) -> None:
    """Raise PairingError unless the runs may be compared."""
    if len(baseline.responses) == 0:
        raise PairingError(f"{baseline.task}: no examples; nothing can be compared")
    pairs = {
        "example ids": ([r.example.id for r in baseline.responses], [r.example.id for r in candidate.responses]),
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


def _worst(baseline: TaskRun, candidate: TaskRun, metric: str, deltas: stats.Floats) -> tuple[Flip, ...]:
    """The examples with the largest loss, first in file order among equals; none for data that may not be shown."""
    if baseline.tier in PRIVATE_TIERS:
        return ()
    order = [int(i) for i in np.argsort(deltas, kind="stable")[:N_WORST] if deltas[i] < 0]
    return tuple(
        Flip(
            example_id=baseline.responses[i].example.id,
            gold=str(baseline.responses[i].example.gold),
            baseline_text=baseline.responses[i].generation.text,
            candidate_text=candidate.responses[i].generation.text,
            baseline_score=baseline.scores[metric][i],
            candidate_score=candidate.scores[metric][i],
        )
        for i in order
    )
