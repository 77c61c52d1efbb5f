"""How far two models' answers to a part of a task's prompts differ, cluster by cluster."""

import dataclasses
from collections.abc import Sequence

from clue_lib.metrics import METRICS
from clue_lib.metrics.custom import values
from clue_lib.runs.planning import PlannedTask
from clue_lib.runs.rehearsal import user_code
from clue_lib.runs.scoring import read_responses
from clue_lib.types import Generation, Response


def part_of(planned: PlannedTask, places: Sequence[int]) -> PlannedTask:
    """The plan with the examples and requests at these places alone."""
    return dataclasses.replace(
        planned,
        examples=tuple(planned.examples[place] for place in places),
        requests=tuple(planned.requests[place] for place in places),
    )


def by_cluster(
    planned: PlannedTask,
    baseline: Sequence[Generation],
    candidate: Sequence[Generation],
    *,
    metrics: Sequence[str],
) -> list[list[float]]:
    """Each cluster's differences, positive where the candidate is better; generations are in the plan's order.

    Of several metrics, which are ways to fail, an answer's score is the highest. An example for which a metric is
    undefined is left out, as is a cluster of such.
    """
    sign = 1.0 if METRICS[metrics[0]].better == "higher" else -1.0
    scores = [_scores(planned, generations, metrics) for generations in (baseline, candidate)]
    clusters: dict[str, list[float]] = {}
    for example, of_baseline, of_candidate in zip(planned.examples, *scores, strict=True):
        if of_baseline is not None and of_candidate is not None:
            clusters.setdefault(example.cluster, []).append(sign * (of_candidate - of_baseline))
    return list(clusters.values())


def _scores(planned: PlannedTask, generations: Sequence[Generation], metrics: Sequence[str]) -> list[float | None]:
    responses = read_responses(planned, generations)
    rows = zip(*(_values(planned, name, responses) for name in metrics), strict=True)
    return [max((value for value in row if value is not None), default=None) for row in rows]


def _values(planned: PlannedTask, metric: str, responses: Sequence[Response]) -> Sequence[float | None]:
    with user_code(planned.task, f"metric {metric}"):
        return values(METRICS[metric], responses)
