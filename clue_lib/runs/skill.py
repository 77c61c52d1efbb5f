"""Skill: how much better a model scores on its examples' own golds than on those of other examples.

A metric says something of a model only where the model can do the task: an answer that would score as well against
any other gold tells nothing apart. Each answer is held against the gold of another cluster's example, by one seeded
derangement; the metric is computed once more, and no model is asked.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.metrics import METRICS
from clue_lib.runs.kept import kept
from clue_lib.tasks import named
from clue_lib.types import Response, Skill, TaskRun


class DerangedScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores against other examples' golds by metric, aligned with the responses."""

    values: dict[str, tuple[float | None, ...]]


def skills(run: TaskRun, others: Mapping[str, TaskRun], *, seed: int, folder: Path | None = None) -> dict[str, Skill]:
    """The skill on each of the task's CLUE metrics; empty where one cluster holds more than half of the examples.

    A metric is absent that is undefined for every example, by its own gold or by the other one.
    `others` are the model's runs of other tasks, of which those join in that the task names in `skill_pool`: golds that
    are all alike, as LongHealth 3's, tell nothing apart by themselves. Scores are kept in the folder.
    """
    task = named(run.task)
    pool = [run, *(others[name] for name in task.skill_pool if name in others)]
    responses = [response for each in pool for response in each.responses]
    places = derangement([response.example.cluster for response in responses], seed)
    if places is None:
        return {}
    metrics = [name for name in task.clue_metrics if METRICS[name].uses_gold]
    signatures = {name: run.signatures[name] for name in metrics}
    answers = [(each.gold_digests, each.prompt_digests, [r.generation for r in each.responses]) for each in pool]
    decided_by = ("deranged", signatures, answers, places)
    scores = kept(folder, decided_by, DerangedScores, lambda: _deranged(responses, places, metrics))
    skills = {name: _skill(pool, name, scores.values[name]) for name in metrics}
    return {name: known for name, known in skills.items() if known.gains}


def derangement(clusters: Sequence[str], seed: int) -> tuple[int, ...] | None:
    """For each place another one of another cluster, each used once; None where the largest cluster is above half.

    Clusters stand in the order of their hash, and every example takes the gold that stands as many places further on
    as the largest cluster has examples.
    """
    ordered = sorted(range(len(clusters)), key=lambda i: (digests.rank(clusters[i], seed), clusters[i], i))
    largest = max(Counter(clusters).values())
    if 2 * largest > len(clusters):
        return None
    moved = ordered[largest:] + ordered[:largest]
    places = dict(zip(ordered, moved, strict=True))
    return tuple(places[i] for i in range(len(clusters)))


def _deranged(responses: Sequence[Response], places: Sequence[int], metrics: Sequence[str]) -> DerangedScores:
    golds = [responses[place].example.gold for place in places]
    deranged = [
        dataclasses.replace(response, example=dataclasses.replace(response.example, gold=gold))
        for response, gold in zip(responses, golds, strict=True)
    ]
    return DerangedScores(values={name: tuple(METRICS[name].score(deranged)) for name in metrics})


def _skill(pool: Sequence[TaskRun], metric: str, deranged: Sequence[float | None]) -> Skill:
    """Own score less deranged score, a value per example: repeats are averaged, and undefined ones are left out."""
    own = [score for run in pool for score in run.scores[metric]]
    examples = [(run.task, response.example) for run in pool for response in run.responses]
    gains: dict[tuple[str, str], list[float]] = {}
    clusters: dict[tuple[str, str], str] = {}
    for (task, example), score, other in zip(examples, own, deranged, strict=True):
        if score is not None and other is not None:
            gains.setdefault((task, example.id), []).append(score - other)
            clusters[task, example.id] = example.cluster
    return Skill(
        metric=metric,
        gains=tuple(sum(each) / len(each) for each in gains.values()),
        clusters=tuple(clusters.values()),
    )
