"""A run's prompts shared out among machines that know nothing of each other: every one answers its share of the chunks.

A chunk is what an engine answers in one call, and an answer's last bits depend on what is computed beside it. So whole
chunks are dealt, those of an undisturbed run: all shares together are what one machine would have stored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from clue_lib import engines
from clue_lib.engines import Job, Producer
from clue_lib.engines.chunks import in_chunks
from clue_lib.engines.store import SharedPartition
from clue_lib.errors import OptionError
from clue_lib.session.generating import all_jobs
from clue_lib.session.stages import Prepared
from clue_lib.types import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Share number `number` of `n`, from 1."""

    number: int = 1
    n: int = 1

    def has(self, chunk: int) -> bool:
        """Whether the chunk of that number, from 0, is of this share."""
        return chunk % self.n == self.number - 1


def read_shard(text: str) -> Shard:
    """A share as it is written, 2/8. Raises OptionError."""
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise OptionError(f"--shard={text}: write the share's number and how many there are, as in 2/8")
    return Shard(number=int(match[1]), n=int(match[2]))


def generate_shard(prepared: Prepared, producer: Producer, shard: Shard) -> int:
    """Answer what the store lacks of the share; how many answers are new. Raises EngineError and StoreError.

    The store may be shared: each chunk is added by itself, and no other process is kept waiting meanwhile.
    """
    jobs = list(_of_shard(prepared, shard))
    producer.run(jobs)
    return sum(len(job.requests) for job in jobs)


def _of_shard(prepared: Prepared, shard: Shard) -> Iterator[Job]:
    """The jobs with this share's requests alone, each in a partition that others may add to."""
    n_before = 0
    for job in all_jobs(prepared):
        partition = SharedPartition(job.partition.folder.parent, job.partition.about, tier=job.partition.tier)
        with partition.held():
            partition.repair()
        known = partition.load()
        too_long = engines.beyond_context(job.model.weights, job.requests, prepared.settings.engine_args)
        if too_long and shard.has(n_before) and not too_long.keys() <= known.keys():
            partition.append([(key, engines.no_room(n_tokens)) for key, n_tokens in too_long.items()])
        chunks = _chunks(prepared, job, frozenset(too_long))
        requests = [request for place, chunk in enumerate(chunks) if shard.has(n_before + place) for request in chunk]
        lacking = tuple(request for request in requests if request.key not in known)
        n_before += len(chunks)
        if lacking:
            yield replace(job, partition=partition, requests=lacking)


def _chunks(prepared: Prepared, job: Job, too_long: frozenset[str]) -> list[tuple[Request, ...]]:
    """What the engine is asked in one call each, as in a run that is not shared out."""
    fitting = [request for request in job.requests if request.key not in too_long]
    size = engines.chunk_size(job.backend, prepared.settings.engine_args)
    return [tuple(chunk) for chunk in in_chunks(fitting, size)]
