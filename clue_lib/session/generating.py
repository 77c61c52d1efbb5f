"""What the store lacks of a run is generated: what is asked, in which order, and what is done when."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from clue_lib import engines
from clue_lib.engines import Job, Partition, Producer
from clue_lib.runs import scouting
from clue_lib.session import noise
from clue_lib.session.agreeing import backend_of
from clue_lib.session.early import Watch
from clue_lib.session.stages import SIDES, Prepared
from clue_lib.types import Request, Side, Tell


def generate_missing(prepared: Prepared, producer: Producer, tell: Tell, watch: Watch) -> Iterator[tuple[Side, str]]:
    """Generate what the store lacks; gives side and task as soon as all answers to it are stored.

    Meanwhile the engine goes on, unless what it answered has the `watch` reject the candidate. Each is asked for once:
    the first of several processes generates, the others wait for it. Raises EngineError and StoreError.
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
        _store_given(prepared)
        fitting = [_fitting(prepared, job) for job in _jobs(prepared, folders)]
        watch.catch_up()
        if watch.is_rejected:
            return
        jobs = _counted([job for job in fitting if job.requests])
        asked = {job.model.name: job.model for job in jobs if job.backend.own_process and not job.backend.is_remote}
        for model in asked.values():
            tell(f"{model.name}: {engines.memory_needs(model.weights, prepared.settings.engine_args)}")
        for job in producer.finished(jobs, goes_on=watch.goes_on):
            if job.is_last:
                yield job.side, job.task


def _store_given(prepared: Prepared) -> None:
    """Put another program's answers where an engine's would lie, those of a task as one chunk. Raises StoreError."""
    for (side, name), partition in prepared.partitions.items():
        given = prepared.given.get(side)
        if given is None:
            continue
        known = partition.load()
        keys = dict.fromkeys(request.key for request in prepared.plan[name].requests)
        if new := [(key, given[key]) for key in keys if key not in known]:
            partition.append(new)


def lacking(prepared: Prepared) -> list[Job]:
    """What the store lacks of a run, in the order in which the engine is asked."""
    return _jobs(prepared, {partition.folder: partition for partition in prepared.partitions.values()})


def all_jobs(prepared: Prepared) -> list[Job]:
    """What an empty store would lack: whatever is stored, the chunks are those of an undisturbed run."""
    return _in_order(prepared, {partition.folder: set() for partition in prepared.partitions.values()})


def _jobs(prepared: Prepared, folders: Mapping[Path, Partition]) -> list[Job]:
    """What the store lacks, in the order in which the engine is asked."""
    return _in_order(prepared, {folder: set(partition.load()) for folder, partition in folders.items()})


def _in_order(prepared: Prepared, present: Mapping[Path, set[str]]) -> list[Job]:
    """What is not `present` of each folder's keys, which are present from then on."""
    jobs = []
    for side in SIDES:
        of_task = {name: _new(prepared, side, name, present) for name in prepared.plan}
        for part in range(scouting.REST + 1):
            for name, by_part in of_task.items():
                if part in by_part:
                    jobs.append(_job(prepared, side, name, part, by_part[part]))
    return jobs


def _new(prepared: Prepared, side: Side, task: str, present: Mapping[Path, set[str]]) -> dict[int, list[Request]]:
    """What is to be asked of a task, in its order, by the part of the run; its keys are `present` from now on."""
    known = present[prepared.partitions[side, task].folder]
    planned = prepared.plan[task]
    by_part: dict[int, list[Request]] = {}
    parts = _parts(prepared, side, task)
    for place in planned.asking_order:
        request = planned.requests[place]
        if request.key not in known:
            known.add(request.key)
            by_part.setdefault(parts[place], []).append(request)
    return by_part


def _parts(prepared: Prepared, side: Side, task: str) -> Sequence[int]:
    """The part of each request; one for all where scouts serve nothing.

    A smoke run can't be rejected early, and has too few prompts to cut up; the second side of `--aa` goes backwards.
    """
    settings, planned = prepared.settings, prepared.plan[task]
    if settings.limit is not None or (settings.is_aa and side == "candidate"):
        return (scouting.REST,) * len(planned.requests)
    return scouting.parts(planned, settings.seed)


def _job(prepared: Prepared, side: Side, task: str, part: int, requests: Sequence[Request]) -> Job:
    return Job(
        side=side,
        task=task,
        model=prepared.models[side],
        backend=backend_of(prepared.settings, side),
        partition=prepared.partitions[side, task],
        requests=_ordered(prepared, side, requests),
        part=part,
    )


def _counted(jobs: Sequence[Job]) -> list[Job]:
    """The jobs, each knowing how many of its task's requests go before it, and how many there are in all."""
    totals: Counter[tuple[Side, str]] = Counter()
    for job in jobs:
        totals[job.side, job.task] += len(job.requests)
    before: Counter[tuple[Side, str]] = Counter()
    counted = []
    for job in jobs:
        key = (job.side, job.task)
        counted.append(dataclasses.replace(job, n_before=before[key], n_of_task=totals[key]))
        before[key] += len(job.requests)
    return counted


def _ordered(prepared: Prepared, side: Side, requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests in the plan's order, or for the second side of `--aa` in another."""
    settings = prepared.settings
    if not settings.is_aa or side == "baseline":
        return tuple(requests)
    return noise.reordered(requests, engines.chunk_size(backend_of(settings, side), settings.engine_args))


def _fitting(prepared: Prepared, job: Job) -> Job:
    """The job without the prompts that can't fit the model's context, which are stored as such at once."""
    too_long = engines.beyond_context(job.model.weights, job.requests, prepared.settings.engine_args)
    if too_long:
        job.partition.append([(key, engines.no_room(n_tokens)) for key, n_tokens in too_long.items()])
    fitting = tuple(request for request in job.requests if request.key not in too_long)
    return dataclasses.replace(job, requests=fitting)
