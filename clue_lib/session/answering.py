"""Both models' answers to a run's prompts: what the store lacks is generated, then every answer is read and scored."""

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from clue_lib import engines
from clue_lib.engines import Job, Partition, Producer
from clue_lib.errors import ClueError
from clue_lib.judging import noise as judging_noise
from clue_lib.runs import past_scores, score
from clue_lib.runs.thought_lengths import thoughts_of
from clue_lib.session import noise, skills
from clue_lib.session.agreeing import backend_of
from clue_lib.session.stages import SIDES, Answered, Pairs, Prepared
from clue_lib.types import Generation, Noise, PastScore, Progress, Request, Side, TaskRun, Tell

SHARED_PREFIX = 1000
"""Characters at a long question's start that tell whether it shares its document with another."""

Answers = Mapping[tuple[Side, str], Sequence[Generation]]
"""One answer per prompt, in the plan's order, by side and task."""


def answer(prepared: Prepared, producer: Producer, *, tell: Tell) -> Answered:
    """Have both models answer whatever the store lacks, and score every answer.

    Raises EngineError, StoreError, and what a metric's package or model may lack.
    """
    answers = _answers(prepared, producer, tell)
    pairs = {}
    for name in prepared.plan:
        baseline, candidate = (_scored(prepared, side, name, answers[side, name], tell) for side in SIDES)
        pairs[name] = (baseline, candidate)
    info = dataclasses.replace(
        prepared.info,
        past_scores=_past_scores(prepared, pairs),
        thoughts=thoughts_of(pairs.values()),
        noise=_measured_noise(prepared, pairs, tell) if prepared.settings.is_aa else prepared.info.noise,
    )
    return Answered(prepared=prepared, pairs=pairs, skills=skills.measured(prepared, pairs), info=info)


def _past_scores(prepared: Prepared, pairs: Pairs) -> tuple[PastScore, ...]:
    """Every task's CLUE metrics by the other scoring, where it was asked for."""
    if prepared.settings.scoring == "strict":
        return ()
    return tuple(score for pair in pairs.values() for score in past_scores.past_scores(*pair))


def _measured_noise(prepared: Prepared, pairs: Pairs, tell: Tell) -> tuple[Noise, ...]:
    """The noise of every task of a run of `--aa`, which later runs find beside the baseline's answers."""
    thresholds = prepared.settings.thresholds
    measured: list[Noise] = []
    for task, pair in pairs.items():
        try:
            of_task = judging_noise.of_task(*pair, thresholds.for_task(task), thresholds.policy)
            noise.keep(prepared.partitions["baseline", task].folder, task, of_task, prepared.plan[task].digest)
        except ClueError as error:
            tell(f"noise floor: {error}")
            return ()
        measured += of_task
    return tuple(measured)


def _scored(prepared: Prepared, side: Side, task: str, generations: Sequence[Generation], tell: Tell) -> TaskRun:
    return score(
        prepared.plan[task],
        generations,
        model=prepared.models[side].name,
        engine=prepared.fingerprints[side].label,
        scores_folder=prepared.partitions[side, task].folder / "scores",
        on_metric=_progress(side, task, len(prepared.plan[task].task.metrics), tell),
    )


def _progress(side: Side, task: str, n_metrics: int, tell: Tell) -> Callable[[int], None]:
    started = time.monotonic()

    def step(done: int) -> None:
        seconds = time.monotonic() - started
        tell(Progress(stage="scoring", side=side, task=task, done=done, total=n_metrics, seconds=seconds))

    return step


def _answers(prepared: Prepared, producer: Producer, tell: Tell) -> Answers:
    """Each asked for once: the first of several processes generates, the others wait for it."""
    folders = {partition.folder: partition for partition in prepared.partitions.values()}
    if _jobs(prepared, folders):
        with ExitStack() as locks:
            for folder, partition in sorted(folders.items()):
                locks.enter_context(partition.lock)
                if torn := partition.repair():
                    tell(f"store: {torn} bytes of an unfinished chunk dropped from {folder}")
            fitting = [_fitting(prepared, job) for job in _jobs(prepared, folders)]
            _generate(prepared, [job for job in fitting if job.requests], producer, tell)
    stored = {folder: partition.load() for folder, partition in folders.items()}
    return {
        (side, name): [stored[partition.folder][request.key] for request in prepared.plan[name].requests]
        for (side, name), partition in prepared.partitions.items()
    }


def _generate(prepared: Prepared, jobs: Sequence[Job], producer: Producer, tell: Tell) -> None:
    asked = {job.model.name: job.model for job in jobs if job.backend.own_process}
    for model in asked.values():
        tell(f"{model.name}: {engines.memory_needs(model.weights, prepared.settings.engine_args)}")
    producer.run(jobs)


def lacking(prepared: Prepared) -> list[Job]:
    """What the store lacks of a run, in the order in which the engine is asked."""
    return _jobs(prepared, {partition.folder: partition for partition in prepared.partitions.values()})


def _jobs(prepared: Prepared, folders: Mapping[Path, Partition]) -> list[Job]:
    """What the store lacks, in the order in which the engine is asked."""
    present = {folder: set(partition.load()) for folder, partition in folders.items()}
    jobs = []
    for (side, name), partition in prepared.partitions.items():
        known = present[partition.folder]
        new = {request.key: request for request in prepared.plan[name].requests if request.key not in known}
        known |= set(new)
        if new:
            job = Job(
                side=side,
                task=name,
                model=prepared.models[side],
                backend=backend_of(prepared.settings, side),
                partition=partition,
                requests=_ordered(prepared, side, new.values()),
            )
            jobs.append(job)
    return jobs


def _ordered(prepared: Prepared, side: Side, requests: Collection[Request]) -> tuple[Request, ...]:
    in_order = sorted(requests, key=_order)
    settings = prepared.settings
    if not settings.is_aa or side == "baseline":
        return tuple(in_order)
    return noise.reordered(in_order, engines.chunk_size(backend_of(settings, side), settings.engine_args))


def _fitting(prepared: Prepared, job: Job) -> Job:
    """The job without the prompts that can't fit the model's context, which are stored as such at once."""
    too_long = engines.beyond_context(job.model.weights, job.requests, prepared.settings.engine_args)
    if too_long:
        job.partition.append([(key, engines.no_room(n_tokens)) for key, n_tokens in too_long.items()])
    fitting = tuple(request for request in job.requests if request.key not in too_long)
    return dataclasses.replace(job, requests=fitting)


def _order(request: Request) -> tuple[list[str], str, int]:
    """Prompts that begin alike stand together, for the engine's prefix cache; among them the shortest comes first.

    A batch of like lengths wastes little on padding. Long questions begin with a document that others may share.
    """
    *shots, question = [message.content for message in request.messages]
    document = question[:SHARED_PREFIX] if len(question) > 2 * SHARED_PREFIX else ""
    return shots, document, len(question)
