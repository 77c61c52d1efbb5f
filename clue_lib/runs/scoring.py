"""From one model's answers on one task to its scored run; what the same metrics have scored before is read back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.datasets import private
from clue_lib.metrics import METRICS, embedding
from clue_lib.metrics.custom import values
from clue_lib.models import thoughts
from clue_lib.runs.kept import kept, known
from clue_lib.runs.planning import PlannedTask
from clue_lib.runs.rehearsal import user_code
from clue_lib.tasks import Task
from clue_lib.types import Answer, Chat, Example, Generation, Response, TaskRun, Unparsed, withheld


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a scored run: values and sufficient statistics by metric, aligned with the plan's examples."""

    values: dict[str, tuple[float | None, ...]]
    statistics: dict[str, tuple[tuple[float, ...], ...]]


def score(
    planned: PlannedTask,
    generations: Sequence[Generation],
    *,
    model: str,
    engine: str,
    scores_folder: Path | None = None,
    on_metric: Callable[[int], object] = lambda _: None,
) -> TaskRun:
    """Read and score every answer by every metric of the task; `generations` are in the plan's order.

    Whatever engine wrote them, their thoughts are set apart first: readers and metrics see the answer alone.
    Scores are kept in `scores_folder`, in a file named by the digest of all that decides them; they hold no text.
    `on_metric` is told how many of the task's metrics are done, from 0 on; it is not called where scores are read back.
    """
    inputs = _inputs(planned, generations)
    responses = _responses(planned, inputs.apart)
    # A user's own parser has no version that the digest could hold.
    folder = None if planned.task.is_custom else scores_folder
    scores = kept(folder, inputs.decided_by, Scores, lambda: _scored(planned, responses, on_metric))
    return TaskRun(
        task=planned.task.name,
        model=model,
        tier=planned.source.tier,
        engine=engine,
        responses=responses,
        gold_digests=inputs.gold_digests,
        prompt_digests=inputs.prompt_digests,
        scores=scores.values,
        statistics=scores.statistics,
        signatures=inputs.signatures,
    )


def kept_scores(planned: PlannedTask, generations: Sequence[Generation], scores_folder: Path) -> Scores | None:
    """What an earlier run kept of these answers' scores; None where it kept none: nothing is computed."""
    if planned.task.is_custom:
        return None
    return known(scores_folder, _inputs(planned, generations).decided_by, Scores)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    """All that decides the scores of a task's answers."""

    task: str
    signatures: dict[str, str]
    gold_digests: tuple[str, ...]
    prompt_digests: tuple[str, ...]
    apart: list[Generation]

    @property
    def decided_by(self) -> object:
        """What the kept scores are named by."""
        return self.task, self.signatures, self.gold_digests, self.prompt_digests, self.apart


def _inputs(planned: PlannedTask, generations: Sequence[Generation]) -> _Inputs:
    return _Inputs(
        task=planned.task.name,
        signatures={name: METRICS[name].signature for name in planned.task.metrics},
        gold_digests=tuple(digests.of_value(example.gold) for example in planned.examples),
        prompt_digests=tuple(request.key for request in planned.requests),
        apart=_apart(planned, generations),
    )


def read_responses(planned: PlannedTask, generations: Sequence[Generation]) -> tuple[Response, ...]:
    """Every answer as the task reads it, without its thoughts; `generations` are in the plan's order."""
    return _responses(planned, _apart(planned, generations))


def _apart(planned: PlannedTask, generations: Sequence[Generation]) -> list[Generation]:
    """The generations, thoughts apart from answers."""
    return [
        separated(generation, request.chat) for generation, request in zip(generations, planned.requests, strict=True)
    ]


def _responses(planned: PlannedTask, generations: Sequence[Generation]) -> tuple[Response, ...]:
    with user_code(planned.task, "parse"):
        return tuple(
            Response(
                example=example,
                generation=generation,
                answer=read_answer(planned.task, generation, example),
                prompt=request.messages,
            )
            for example, generation, request in zip(planned.examples, generations, planned.requests, strict=True)
        )


def separated(generation: Generation, chat: Chat) -> Generation:
    """The generation, its thoughts apart from its answer; as it is where its engine did that or there are none."""
    if generation.thought or generation.has_unfinished_thought:
        return generation
    parts = thoughts.split(generation.text, own=chat.tags)
    if not parts.thought:
        return generation
    share = len(parts.thought) / len(generation.text)
    return msgspec.structs.replace(
        generation,
        text=parts.answer,
        thought=parts.thought,
        n_thought_tokens=round(share * generation.n_new_tokens),  # the engine counted both together
        has_unfinished_thought=parts.is_open,
        likeliest_letter="",  # what came first was a thought
    )


def read_answer(task: Task, generation: Generation, example: Example) -> Answer:
    """What the task's reader makes of a generation; none where its thought never ended, whatever that guessed."""
    if generation.has_unfinished_thought:
        return Unparsed(reason="its thought never ended")
    return task.parse(generation.text, example, is_cut=generation.finish_reason == "length")


def _scored(planned: PlannedTask, responses: Sequence[Response], on_metric: Callable[[int], object]) -> Scores:
    metrics = [METRICS[name] for name in planned.task.metrics]
    beside = private.folder_beside(planned.source) if private.is_private(planned.source) else None
    scores: dict[str, tuple[float | None, ...]] = {}
    with embedding.kept_in(beside):
        for metric in metrics:
            on_metric(len(scores))
            with user_code(planned.task, f"metric {metric.name}"):
                scores[metric.name] = values(metric, responses)
    on_metric(len(scores))
    statistics = {}
    for metric in metrics:
        if metric.corpus is not None:
            rows = metric.corpus.statistics(responses).tolist()
            statistics[metric.name] = tuple(map(tuple, rows))
    return Scores(values=scores, statistics=statistics)
