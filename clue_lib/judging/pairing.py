"""Pairs two models' runs of one task, example by example, or refuses. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clue_lib import digests
from clue_lib.errors import NothingMeasured, PairingError
from clue_lib.metrics import METRICS
from clue_lib.metrics.base import Corpus, Family, Metric
from clue_lib.stats import Floats, Labels, grouped_sums
from clue_lib.tasks import TASKS
from clue_lib.types import PRIVATE_TIERS, Flip, TaskRun, Tier

N_WORST = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paired:
    """Both models' scores on one metric, one value per example, repeats averaged.

    The arrays are aligned and in ascending order of the example ids, whatever order the runs had. `clusters` have names
    that no other data's share. `sign` is −1 where lower is better. `corpus` and its `statistics` (of baseline and
    candidate, one row per example) are there where no mean folds the run. `n_repeats` is the mean number of answers per
    example; `is_binary` says that each answer scored 0 or 1. `n_excluded` examples are left out, of which the metric
    says nothing.
    """

    task: str
    metric: str
    tier: Tier
    signature: str
    sign: float
    clusters: Labels
    baseline: Floats
    candidate: Floats
    n_repeats: float
    is_binary: bool
    n_excluded: int = 0
    corpus: Corpus | None = None
    statistics: tuple[Floats, Floats] | None = None
    worst: tuple[Flip, ...] = ()

    @property
    def deltas(self) -> Floats:
        """Candidate minus baseline, positive where the candidate is better."""
        oriented: Floats = self.sign * (self.candidate - self.baseline)
        return oriented


def pair(baseline: TaskRun, candidate: TaskRun, metric: str) -> Paired:
    """Both runs on one metric.

    Raises PairingError where the runs differ in more than the model, or the metric says nothing of any example.
    """
    check_pairing(baseline, candidate)
    scores = baseline.scores[metric], candidate.scores[metric]
    return _pair(baseline, candidate, METRICS[metric], scores, name=metric, signature=baseline.signatures[metric])


def pair_family(baseline: TaskRun, candidate: TaskRun, family: Family) -> Paired | None:
    """Both runs on a family of failure modes: an answer's score is its worst flag; None where the task has none.

    Raises PairingError as `pair` does.
    """
    check_pairing(baseline, candidate)
    metrics = [name for name in baseline.scores if METRICS[name].family == family]
    if not metrics:
        return None
    scores = [_worst_flags(run, metrics) for run in (baseline, candidate)]
    signature = f"{family}|v1|{digests.of_value([baseline.signatures[name] for name in metrics])[:16]}"
    metric = METRICS[metrics[0]]
    return _pair(baseline, candidate, metric, (scores[0], scores[1]), name=family, signature=signature)


def pool(parts: Sequence[Paired], task: str) -> Paired:
    """Several tasks' examples as one task's, of one metric that is a mean.

    Raises PairingError where bundled examples would stand among others.
    """
    first = parts[0]
    return Paired(
        task=task,
        metric=first.metric,
        tier=joint_tier([part.tier for part in parts], task),
        signature=joint_signature(parts),
        sign=first.sign,
        clusters=np.concatenate([part.clusters for part in parts]),
        baseline=np.concatenate([part.baseline for part in parts]),
        candidate=np.concatenate([part.candidate for part in parts]),
        n_repeats=max(part.n_repeats for part in parts),
        is_binary=all(part.is_binary for part in parts),
        n_excluded=sum(part.n_excluded for part in parts),
    )


def joint_tier(tiers: Sequence[Tier], task: str) -> Tier:
    """The strictest tier of several tasks. Raises PairingError where bundled data would be mixed with other."""
    if "bundled" in tiers and set(tiers) != {"bundled"}:
        raise PairingError(f"{task}: bundled and other data are never averaged; leave one of them out")
    order: tuple[Tier, ...] = ("bundled", "public", "licensed", "credentialed")
    return max(tiers, key=order.index)


def joint_signature(parts: Sequence[Paired]) -> str:
    """What reproduces a number made of several metrics' values."""
    return f"average|v1|{digests.of_value(sorted((part.task, part.signature) for part in parts))[:16]}"


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


def _pair(
    baseline: TaskRun,
    candidate: TaskRun,
    metric: Metric,
    scores: tuple[Sequence[float | None], Sequence[float | None]],
    *,
    name: str,
    signature: str,
) -> Paired:
    examples = [response.example for response in baseline.responses]
    counted = _counted(baseline, candidate, scores, name)
    counted.sort(key=lambda i: (examples[i].id, examples[i].repeat))
    _, first, place = np.unique([examples[i].id for i in counted], return_index=True, return_inverse=True)
    sign = 1.0 if metric.better == "higher" else -1.0
    values = [np.array([of_run[i] for i in counted], dtype=float) for of_run in scores]
    before, after = (_by_example(of_run, place) for of_run in values)
    statistics = None
    if metric.corpus is not None:
        rows = [np.array(run.statistics[name])[counted] for run in (baseline, candidate)]
        statistics = _by_example(rows[0], place), _by_example(rows[1], place)
    return Paired(
        task=baseline.task,
        metric=name,
        tier=baseline.tier,
        signature=signature,
        sign=sign,
        clusters=np.array([f"{_origin(baseline.task)}/{examples[counted[i]].cluster}" for i in first]),
        baseline=before,
        candidate=after,
        n_repeats=len(counted) / len(first),
        is_binary=all(bool(np.isin(of_run, (0.0, 1.0)).all()) for of_run in values),
        n_excluded=len({example.id for example in examples}) - len(first),
        corpus=metric.corpus,
        statistics=statistics,
        worst=_worst(baseline, candidate, scores, sign),
    )


def _origin(task: str) -> str:
    """Of what data: two files may number their clusters alike, but LongHealth's three tasks share their patients."""
    return (TASKS[task].group if task in TASKS else "") or task


def _ids(run: TaskRun) -> list[tuple[str, int]]:
    return [(response.example.id, response.example.repeat) for response in run.responses]


def _worst_flags(run: TaskRun, metrics: Sequence[str]) -> list[float | None]:
    """Each answer's highest flag; None where no metric says anything of it."""
    rows = zip(*(run.scores[name] for name in metrics), strict=True)
    return [max((flag for flag in row if flag is not None), default=None) for row in rows]


def _counted(
    baseline: TaskRun, candidate: TaskRun, scores: tuple[Sequence[float | None], Sequence[float | None]], metric: str
) -> list[int]:
    """The places that the metric says something of, the same for both runs."""
    ours, theirs = ([i for i, value in enumerate(of_run) if value is not None] for of_run in scores)
    if ours != theirs:
        raise PairingError(
            f"{baseline.task}: {metric} leaves out other examples of {baseline.model} than of {candidate.model}"
        )
    if not ours:
        raise NothingMeasured(f"{baseline.task}: {metric} says nothing of any example")
    return ours


def _by_example(rows: Floats, place: Labels) -> Floats:
    """Mean of each example's repeats, of values or of rows of statistics."""
    means: Floats = (grouped_sums(rows, place).T / np.bincount(place)).T
    return means


def _worst(
    baseline: TaskRun,
    candidate: TaskRun,
    scores: tuple[Sequence[float | None], Sequence[float | None]],
    sign: float,
) -> tuple[Flip, ...]:
    """The answers with the largest loss, first in file order among equals; none for data that may not be shown."""
    if baseline.tier in PRIVATE_TIERS:
        return ()
    flips = [
        Flip(
            example_id=before.example.id,
            gold=str(before.example.gold),
            baseline_text=before.generation.text,
            candidate_text=after.generation.text,
            baseline_score=ours,
            candidate_score=theirs,
        )
        for before, after, ours, theirs in zip(baseline.responses, candidate.responses, *scores, strict=True)
        if ours is not None and theirs is not None and sign * (theirs - ours) < 0
    ]
    return tuple(sorted(flips, key=lambda flip: sign * (flip.candidate_score - flip.baseline_score))[:N_WORST])
