"""A limited run's differences with the help of stored scores of all examples: to look at, never judged. Pure.

Where the base and earlier candidates have answered every example, their scores say which examples the subset happens to
hold: what the base scores on each, and how the earlier candidates differed from it, serve as covariates of the paired
difference (`clue_lib.stats.assisted`). Verdicts rest on the plain difference alone.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clue_lib import stats
from clue_lib.stats import Assisted
from clue_lib.types import Assistance, Comparison, Example, Gate, TaskRun, withheld

Scores = Mapping[str, Sequence[float | None]]
"""By metric, a score for each example of a plan; None where the metric is undefined."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScores:
    """What the store knows of all of a task's examples: the baseline's scores and earlier candidates', all aligned."""

    examples: tuple[Example, ...] = field(repr=False)
    baseline: Scores
    earlier: tuple[Scores, ...]


def is_assisted(gate: Gate) -> bool:
    """Whether the gate's difference can be assisted: a task's main metric.

    Failure modes are rare: on a subset, the few that happen say nothing of how they go with covariates.
    """
    return gate.is_main_metric and gate.better == "higher"


def assistance(
    gate: Gate, comparison: Comparison, pair: tuple[TaskRun, TaskRun], stored: StoredScores
) -> Assistance | None:
    """The comparison's difference with assistance; None where there is none, or it would not help.

    The bounds lie as far off as the plain ones, whatever method set these, times the ratio of the two standard errors;
    so does the MDE.
    """
    found = estimate(_differences(pair, gate.metric), gate.metric, stored)
    if found is None or not found.ratio < 1:
        return None
    inference = comparison.inference
    return Assistance(
        delta=found.delta,
        lower=found.delta - found.ratio * (inference.delta - inference.lower),
        upper=found.delta + found.ratio * (inference.upper - inference.delta),
        mde=found.ratio * inference.mde_corrected,
        n_all=len({example.id for example in stored.examples}),
        n_earlier=len(stored.earlier),
    )


def estimate(own: Mapping[str, float], metric: str, stored: StoredScores) -> Assisted | None:
    """The mean of `own` differences by example id, with the stored scores' help; None where they don't cover these."""
    base = _by_example(stored.examples, stored.baseline[metric])
    columns = [base, *_earlier(base, metric, stored)]
    ids = [id_ for id_ in base if all(id_ in column for column in columns)]
    place_of = {id_: place for place, id_ in enumerate(ids)}
    if not own or len(own) >= len(ids) or any(id_ not in place_of for id_ in own):
        return None
    cluster_of = {example.id: example.cluster for example in stored.examples}
    return stats.assisted(
        np.array(list(own.values())),
        np.array([place_of[id_] for id_ in own]),
        np.array([[column[id_] for column in columns] for id_ in ids]),
        np.array([cluster_of[id_] for id_ in ids]),
    )


def expected_ratio(metric: str, stored: StoredScores, asked: Collection[str]) -> float | None:
    """The error with assistance over that without, were each earlier candidate the new one, on average.

    `asked` are the ids of the subset's examples. None where there is no earlier candidate, or none has an estimate.
    """
    base = _by_example(stored.examples, stored.baseline[metric])
    ratios = []
    for place, scores in enumerate(stored.earlier):
        others = stored.earlier[:place] + stored.earlier[place + 1 :]
        of_model = _by_example(stored.examples, scores[metric])
        own = {id_: of_model[id_] - base[id_] for id_ in base if id_ in asked and id_ in of_model}
        found = estimate(own, metric, dataclasses.replace(stored, earlier=others))
        if found is not None:
            ratios.append(found.ratio)
    return sum(ratios) / len(ratios) if ratios else None


def _differences(pair: tuple[TaskRun, TaskRun], metric: str) -> dict[str, float]:
    """Candidate minus baseline by example id, repeats averaged, where the metric is defined for both."""
    examples = [response.example for response in pair[0].responses]
    before, after = (_by_example(examples, run.scores[metric]) for run in pair)
    return {id_: after[id_] - before[id_] for id_ in before if id_ in after}


def _earlier(base: Mapping[str, float], metric: str, stored: StoredScores) -> list[dict[str, float]]:
    """How the earlier candidates differ from the base on average, by example id; one column, or none."""
    if not stored.earlier:
        return []
    of_models = [_by_example(stored.examples, scores[metric]) for scores in stored.earlier]
    shared = [id_ for id_ in base if all(id_ in scores for scores in of_models)]
    return [{id_: float(np.mean([scores[id_] for scores in of_models])) - base[id_] for id_ in shared}]


def _by_example(examples: Sequence[Example], scores: Sequence[float | None]) -> dict[str, float]:
    """Each example's score, repeats averaged, by its id; without those for which the metric is undefined."""
    of_repeats: dict[str, list[float]] = {}
    for example, score in zip(examples, scores, strict=True):
        if score is not None:
            of_repeats.setdefault(example.id, []).append(score)
    return {id_: sum(scores) / len(scores) for id_, scores in of_repeats.items()}
