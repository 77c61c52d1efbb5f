"""One model's generations of one task to its scored run. Pure but for what a metric's own tool reads."""

from collections.abc import Sequence

from clue_lib import digests
from clue_lib.metrics import METRICS
from clue_lib.planning import PlannedTask
from clue_lib.types import Generation, Response, TaskRun


def score(planned: PlannedTask, generations: Sequence[Generation], *, model: str, engine: str) -> TaskRun:
    """Read and score every answer by every metric of the task; `generations` are in the plan's order."""
    responses = tuple(
        Response(example=example, generation=generation, answer=planned.task.parse(generation.text, example))
        for example, generation in zip(planned.examples, generations, strict=True)
    )
    metrics = [METRICS[name] for name in planned.task.metrics]
    return TaskRun(
        task=planned.task.name,
        model=model,
        tier=planned.source.tier,
        engine=engine,
        responses=responses,
        gold_digests=tuple(digests.of_value(example.gold) for example in planned.examples),
        prompt_digests=tuple(request.key for request in planned.requests),
        scores={metric.name: tuple(metric.score(responses)) for metric in metrics},
        statistics={
            metric.name: tuple(map(tuple, metric.corpus.statistics(responses).tolist()))
            for metric in metrics
            if metric.corpus
        },
        signatures={metric.name: metric.signature for metric in metrics},
    )
