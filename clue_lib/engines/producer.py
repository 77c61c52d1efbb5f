"""Generates what the store lacks, chunk by chunk: each is stored before the next begins.

Jobs of the same weights share one engine. Engines run one after the other, so that the second finds the first one's
memory free again; where there are GPUs enough for all, they run at once, each on its own.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from clue_lib.engines import device, slots
from clue_lib.engines.choosing import chunk_size
from clue_lib.engines.chunks import checked, in_chunks
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.failing import FailureNote, boundary
from clue_lib.engines.jobs import SHARED_CHUNK, Job, grouped, store_together
from clue_lib.engines.pace import LEAST_SECONDS, Factors, Pace, assumed_seconds
from clue_lib.engines.patience import NO_LIMITS, Limits, Patience
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.secrets import with_secrets
from clue_lib.errors import EngineError
from clue_lib.models.child import thread_settings
from clue_lib.types import LOG_FILE, PRIVATE_TIERS, Generation, Progress, Request, Side, Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """What earlier parts of a task took."""

    seconds: float = 0.0
    new_tokens: int = 0


class Producer:
    """Runs jobs on as few engines as possible; `n_starts` counts those it has started."""

    def __init__(
        self,
        args: EngineArgs,
        log_folder: Path,
        *,
        tell: Tell,
        gpus: Sequence[str] | None = None,
        factors: Factors | None = None,
        limits: Limits = NO_LIMITS,
        shares_chunks: bool = False,
    ) -> None:
        """Engines' own output goes to `LOG_FILE` in the folder, but beside data under an agreement, which it may quote.

        `gpus` default to those this process may use. How long models take is kept in `factors`; how long they may take
        is in `limits`, from now on. With `shares_chunks`, tasks of few requests are answered together where the backend
        can: an answer's last bits then depend on which tasks were selected.
        """
        self.n_starts = 0
        self._args = args
        self._log = log_folder / LOG_FILE
        self._tell = tell
        self._gpus = device.visible_gpus() if gpus is None else tuple(gpus)
        self._running: list[EngineProcess] = []
        self._has_ended = threading.Event()
        self._failure = FailureNote(log_folder)
        self._factors = factors
        self._shares_chunks = shares_chunks
        self._pace = Pace(0.0)
        self._spent: dict[tuple[Side, str], _Spent] = {}
        self._goes_on: Callable[[Job], bool] = lambda job: True
        self._is_private = False
        self._patience = Patience(limits)

    def run(self, jobs: Sequence[Job]) -> None:
        """Generate and store. Raises EngineError; whole chunks stored before it stay, no engine does."""
        for _ in self.finished(jobs):
            pass

    def finished(self, jobs: Sequence[Job], *, goes_on: Callable[[Job], bool] = lambda job: True) -> Iterator[Job]:
        """Generate and store; gives each job when its last answer is stored, while engines go on with the next.

        After each job its engine waits for `goes_on`, which is called in the engine's thread: where it says no, the
        engine is ended, and its other jobs are left.
        Raises EngineError; whole chunks stored before it stay, no engine does. Where an engine of the same run has
        failed in another process, its error is raised and none is started.
        """
        if not jobs:
            return
        self._failure.raise_if_failed()
        self._goes_on = goes_on
        try:
            yield from self._serve_all(jobs)
        except EngineError as error:
            self._failure.keep(error)
            raise

    def _serve_all(self, jobs: Sequence[Job]) -> Iterator[Job]:
        of_private = [job.partition.folder for job in jobs if job.partition.tier in PRIVATE_TIERS]
        if of_private:
            self._is_private = True
            self._log = of_private[0].parent / LOG_FILE
        self._log.unlink(missing_ok=True)
        groups = [list(group) for _, group in itertools.groupby(jobs, key=lambda job: job.model.weights)]
        needed = sum(group[0].backend.n_gpus(self._args) for group in groups)
        # Servers are asked in turn: two models may be one server's, whose batches then would hold both.
        n_at_once = len(groups) if 0 < needed <= len(self._gpus) else 1
        self._pace = Pace(sum(assumed_seconds(job.requests) for job in jobs), n_at_once=n_at_once)
        events: SimpleQueue[Job | None] = SimpleQueue()  # a finished job, or that an engine has ended
        with ThreadPoolExecutor(max_workers=n_at_once) as pool:
            try:
                served = [pool.submit(self._serve, group, events) for group in groups]
                for one in served:
                    one.add_done_callback(lambda ended: events.put(None))
                n_running = len(served)
                while n_running:
                    event = events.get()
                    if event is not None:
                        yield event
                    else:
                        n_running -= 1
                        _raise_failure(served)
            except BaseException:  # one engine's failure, or the user's Ctrl-C, is the end of the others
                pool.shutdown(wait=False, cancel_futures=True)
                self._has_ended.set()
                for engine in tuple(self._running):
                    engine.close()
                raise

    def _serve(self, jobs: Sequence[Job], events: "SimpleQueue[Job | None]") -> None:
        """All jobs of one model's weights, on one engine."""
        with boundary(jobs[0].backend.name, is_private=self._is_private), self._engine(jobs) as engine:
            for together in grouped(jobs, self._room_to_share(jobs[0].backend)):
                if len(together) == 1:
                    self._work(together[0], engine)
                else:
                    self._work_together(together, engine)
                for job in together:
                    events.put(job)
                if not all(self._goes_on(job) for job in together):
                    return

    def _room_to_share(self, backend: type[Engine]) -> int:
        """How many requests of several tasks may go into one call; 0 where none may."""
        may_share = self._shares_chunks and backend.mixes_tasks
        return min(SHARED_CHUNK, chunk_size(backend, self._args)) if may_share else 0

    @contextmanager
    def _engine(self, jobs: Sequence[Job]) -> Iterator[Engine | EngineProcess]:
        first = jobs[0]
        weights, backend = first.model.weights, first.backend
        adapters = tuple({job.model.adapter: None for job in jobs if job.model.adapter})
        args = {**with_secrets(self._args), **first.model.trust.engine_args}
        self.n_starts += 1
        if not backend.own_process:
            yield backend(weights, adapters, args)
            return
        with slots.claim(self._gpus, min(backend.n_gpus(self._args), len(self._gpus))) as gpus:
            env = thread_settings() | ({"CUDA_VISIBLE_DEVICES": ",".join(gpus)} if gpus else {})
            engine = EngineProcess(backend, env=env, log=self._log, is_private=self._is_private)
            self._running.append(engine)
            try:
                if self._has_ended.is_set():  # while this process started: nobody closes it any more
                    raise EngineError(f"{backend.name}: not asked, since the other model's engine failed")
                engine.load(weights, adapters, args, seconds=self._patience.seconds_left)
                yield engine
            except TimeoutError:
                raise self._patience.ended(backend.name, f"{first.model.name} was loaded") from None
            finally:
                engine.close()

    def _generate(self, engine: Engine | EngineProcess, job: Job, chunk: Sequence[Request]) -> list[Generation]:
        """The chunk's answers. Raises EngineError where the engine takes too long for them, or the run is over."""
        if self._patience.is_over:
            raise self._patience.ended(job.backend.name, f"{job.task} was answered")
        if not isinstance(engine, EngineProcess):
            return checked(engine.generate(chunk, job.model.adapter), len(chunk), job.backend)
        known = self._factors.of(job.backend.name, job.model.name) if self._factors is not None else None
        seconds = self._patience.for_chunk(chunk, max(known or 0.0, self._pace.factor or 0.0) or None)
        what = f"{len(chunk)} prompts of {job.task} were answered"
        try:
            answers = engine.generate(chunk, job.model.adapter, seconds=seconds)
        except TimeoutError:
            raise self._patience.ended(job.backend.name, what, seconds) from None
        return checked(answers, len(chunk), job.backend)

    def _work(self, job: Job, engine: Engine | EngineProcess) -> None:
        earlier = self._spent.get((job.side, job.task), _Spent())
        begun_here = time.monotonic()
        started = begun_here - earlier.seconds
        done, new_tokens = job.n_before, earlier.new_tokens
        for chunk in in_chunks(job.requests, chunk_size(job.backend, self._args)):
            self._step(job, done, new_tokens, started)
            begun = time.monotonic()
            answers = self._generate(engine, job, chunk)
            self._pace.add(assumed_seconds(chunk), time.monotonic() - begun)
            job.partition.append([(request.key, answer) for request, answer in zip(chunk, answers, strict=True)])
            done += len(chunk)
            new_tokens += sum(answer.n_new_tokens for answer in answers)
        self._step(job, done, new_tokens, started)
        self._spent[job.side, job.task] = _Spent(seconds=time.monotonic() - started, new_tokens=new_tokens)
        self._keep_factor(job, time.monotonic() - begun_here)

    def _work_together(self, jobs: Sequence[Job], engine: Engine | EngineProcess) -> None:
        """The requests of several tasks in one chunk."""
        requests = [request for job in jobs for request in job.requests]
        started = time.monotonic()
        self._step(jobs[0], 0, 0, started)
        answers = self._generate(engine, jobs[0], requests)
        self._pace.add(assumed_seconds(requests), time.monotonic() - started)
        for job, answered in zip(jobs, store_together(jobs, answers), strict=True):
            self._step(job, len(answered), sum(answer.n_new_tokens for answer in answered), started)

    def _keep_factor(self, job: Job, seconds: float) -> None:
        """What the model took, for the next run's forecast."""
        if self._factors is not None and job.backend.own_process and seconds >= LEAST_SECONDS:
            self._factors.keep(job.backend.name, job.model.name, seconds / assumed_seconds(job.requests))

    def _step(self, job: Job, done: int, new_tokens: int, started: float) -> None:
        self._tell(
            Progress(
                stage="generating",
                side=job.side,
                task=job.task,
                done=done,
                total=job.total,
                new_tokens=new_tokens,
                seconds=time.monotonic() - started,
                run_seconds_left=self._pace.seconds_left,
            )
        )


def _raise_failure(served: Sequence["Future[None]"]) -> None:
    """Raise what the first of the engines that failed raised; nothing where none has."""
    for one in served:
        if one.done() and not one.cancelled() and (error := one.exception()):
            raise error
