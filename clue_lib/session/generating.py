"""What the store lacks of a run is generated: what is asked, in which order, and what is done when."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from clue_lib import engines
from clue_lib.engines import Job, Partition, Producer
from clue_lib.session import noise
from clue_lib.session.agreeing import backend_of
from clue_lib.session.stages import Prepared
from clue_lib.types import Request, Side, Tell

SHARED_PREFIX = 1000
"""Characters at a long question's start that tell whether it shares its document with another."""


def generate_missing(prepared: Prepared, producer: Producer, tell: Tell) -> Iterator[tuple[Side, str]]:
    """Generate what the store lacks; gives side and task as soon as all answers to it are stored.

    Meanwhile the engine goes on. Each is asked for once: the first of several processes generates, the others wait for
    it. Raises EngineError and StoreError.
    """
    folders = {partition.folder: partition for partition in prepared.partitions.values()}
    if not _jobs(prepared, folders):
        return
    with ExitStack() as locks:
        for folder, partition in sorted(folders.items()):
            locks.enter_context(partition.held())
            if n_damaged := partition.n_damaged():
                tell(f"store: {n_damaged} damaged lines in {partition.path}; the answers of their chunks are not used")
            if torn := partition.repair():
                tell(f"store: {torn} bytes that belong to no whole chunk dropped from {folder}")
        jobs = [job for job in (_fitting(prepared, job) for job in _jobs(prepared, folders)) if job.requests]
        asked = {job.model.name: job.model for job in jobs if job.backend.own_process}
        for model in asked.values():
            tell(f"{model.name}: {engines.memory_needs(model.weights, prepared.settings.engine_args)}")
        for job in producer.finished(jobs):
            yield job.side, job.task


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
