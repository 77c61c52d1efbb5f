"""The examples that a failure shows: those on which the candidate lost most. Pure."""

from collections.abc import Sequence

from clue_lib.types import PRIVATE_TIERS, Flip, TaskRun

N_WORST = 3

Scores = Sequence[float | None]
"""One value per response; None where the metric is undefined."""


def worst(baseline: TaskRun, candidate: TaskRun, scores: tuple[Scores, Scores], sign: float) -> tuple[Flip, ...]:
    """The answers with the largest loss, first in file order among equals; none of data that may not be shown.

    `scores` are baseline's and candidate's, aligned with their responses; `sign` is −1 where lower is better.
    """
    if baseline.tier in PRIVATE_TIERS:
        return ()
    losses = [flip for flip in _flips(baseline, candidate, scores) if sign * _change(flip) < 0]
    return tuple(sorted(losses, key=lambda flip: sign * _change(flip))[:N_WORST])


def _flips(baseline: TaskRun, candidate: TaskRun, scores: tuple[Scores, Scores]) -> list[Flip]:
    """Every answer that has a score, as a report would show it."""
    flips = []
    for of_baseline, of_candidate, baseline_score, candidate_score in zip(
        baseline.responses, candidate.responses, *scores, strict=True
    ):
        if baseline_score is None or candidate_score is None:
            continue
        flip = Flip(
            example_id=of_baseline.example.id,
            gold=str(of_baseline.example.gold),
            baseline_text=of_baseline.generation.text,
            candidate_text=of_candidate.generation.text,
            baseline_score=baseline_score,
            candidate_score=candidate_score,
        )
        flips.append(flip)
    return flips


def _change(flip: Flip) -> float:
    return flip.candidate_score - flip.baseline_score
