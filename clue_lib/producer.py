"""Generates what the store lacks: one engine at a time, chunk by chunk, each stored before the next begins."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from clue_lib.backends import Engine, EngineArgs
from clue_lib.backends.process import EngineProcess
from clue_lib.models import Model
from clue_lib.store import Partition
from clue_lib.types import Request, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one model's generation of one task has come; `seconds` since its first chunk was sent."""

    side: Side
    task: str
    done: int
    total: int
    new_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one model still has to answer of one task, by which backend, and where the answers go."""

    side: Side
    task: str
    model: Model
    backend: type[Engine]
    partition: Partition
    requests: tuple[Request, ...]


class Producer:
    """Runs jobs in order; an engine stays as long as the next job has the same weights, so a LoRA shares its base's."""

    def __init__(self, args: EngineArgs, log_folder: Path, on_progress: Callable[[Progress], None]) -> None:
        """Engines' own output goes to `engine.log` in the folder."""
        self.n_starts = 0
        self._args = args
        self._log = log_folder / "engine.log"
        self._on_progress = on_progress

    def run(self, jobs: Sequence[Job]) -> None:
        """Generate and store. Raises EngineError; whole chunks stored before it stay."""
        with ExitStack() as running:
            loaded: Path | None = None
            for job in jobs:
                if job.model.weights != loaded:
                    running.close()
                    engine = self._start(job, jobs)
                    running.callback(_stop, engine)
                    loaded = job.model.weights
                self._work(job, engine)

    def _start(self, job: Job, jobs: Sequence[Job]) -> Engine | EngineProcess:
        weights = job.model.weights
        adapters = tuple({j.model.adapter: None for j in jobs if j.model.weights == weights and j.model.adapter})
        self.n_starts += 1
        if job.backend.own_process:
            return EngineProcess(job.backend, weights, adapters, args=self._args, log=self._log)
        return job.backend(weights, adapters, self._args)

    def _work(self, job: Job, engine: Engine | EngineProcess) -> None:
        started = time.monotonic()
        done = new_tokens = 0
        for chunk in _chunks(job.requests, int(self._args.get("batch_size", job.backend.chunk_size))):
            self._tell(job, done, new_tokens, started)
            answers = engine.generate(chunk, job.model.adapter)
            job.partition.append([(request.key, answer) for request, answer in zip(chunk, answers, strict=True)])
            done += len(chunk)
            new_tokens += sum(answer.n_new_tokens for answer in answers)
        self._tell(job, done, new_tokens, started)

    def _tell(self, job: Job, done: int, new_tokens: int, started: float) -> None:
        self._on_progress(
            Progress(
                side=job.side,
                task=job.task,
                done=done,
                total=len(job.requests),
                new_tokens=new_tokens,
                seconds=time.monotonic() - started,
            )
        )


def _chunks(requests: Sequence[Request], size: int) -> Iterator[Sequence[Request]]:
    for start in range(0, len(requests), size):
        yield requests[start : start + size]


def _stop(engine: Engine | EngineProcess) -> None:
    if isinstance(engine, EngineProcess):
        engine.close()
