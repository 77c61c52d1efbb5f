"""What a model still has to answer of a task, and how the few prompts of several tasks share one call of an engine."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clue_lib.engines.engine import Engine
from clue_lib.engines.store import Partition
from clue_lib.models import Model
from clue_lib.types import Generation, Request, Side, Tier

SHARED_CHUNK = 64
"""How many requests of several tasks are answered in one call at most, where tasks may share one.

Larger batches gain little: vLLM's CPU build took 38 ms a token for 2 prompts of a small model on two cores, 47 for 20
and 106 for 64.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one model still has to answer of one part of a task, by which backend, and where the answers go.

    `part` is the caller's number of it. `n_before` of the `n_of_task` requests that the task lacks in all are asked
    before these; where there are no other parts `n_of_task` may be 0.
    """

    side: Side
    task: str
    model: Model
    backend: type[Engine]
    partition: Partition
    requests: tuple[Request, ...]
    part: int = 0
    n_before: int = 0
    n_of_task: int = 0

    @property
    def total(self) -> int:
        """How many requests the task lacks in all."""
        return self.n_of_task or len(self.requests)

    @property
    def is_last(self) -> bool:
        """Whether the task lacks nothing once these are answered."""
        return self.n_before + len(self.requests) == self.total

    @property
    def place(self) -> tuple[Path, Tier]:
        """Where its answers lie, and under which terms: what differs in neither is stored as one chunk."""
        return self.partition.folder, self.partition.tier


def grouped(jobs: Sequence[Job], room: int) -> Iterator[list[Job]]:
    """The jobs in their order: those together that one call of at most `room` requests answers, the others alone."""
    group: list[Job] = []
    for job in jobs:
        n_together = sum(len(other.requests) for other in (*group, job))
        if group and (n_together > room or group[0].model.adapter != job.model.adapter):
            yield group
            group = []
        group.append(job)
    yield group


def store_together(jobs: Sequence[Job], answers: Sequence[Generation]) -> list[list[Generation]]:
    """Store what one call answered, as one chunk at each place; returns each job's answers, in its requests' order.

    `answers` are to the requests of all jobs, one after the other. Raises StoreError.
    """
    left = iter(answers)
    of_jobs = [list(itertools.islice(left, len(job.requests))) for job in jobs]
    chunks: dict[tuple[Path, Tier], list[tuple[str, Generation]]] = {}
    partitions = {job.place: job.partition for job in jobs}
    for job, answered in zip(jobs, of_jobs, strict=True):
        keyed = [(request.key, answer) for request, answer in zip(job.requests, answered, strict=True)]
        chunks.setdefault(job.place, []).extend(keyed)
    for place, chunk in chunks.items():
        partitions[place].append(chunk)
    return of_jobs
