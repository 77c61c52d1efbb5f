"""Both models' answers to a run's prompts: what is stored, and once whatever the store lacks."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from clue_lib import engines
from clue_lib.datasets import private
from clue_lib.engines import Engine, Fingerprint, context
from clue_lib.engines.chat import no_room
from clue_lib.engines.producer import Job, Producer, chunk_size
from clue_lib.engines.store import Partition
from clue_lib.models import Model
from clue_lib.runs.planning import PlannedTask
from clue_lib.session import noise
from clue_lib.session.settings import Settings
from clue_lib.types import Generation, Request, Side, Tell

SHARED_PREFIX = 1000
"""Characters at a long question's start that tell whether it shares its document with another."""


class Generations:
    """The answers of one run, each asked for once: the first of several processes generates, the others wait for it."""

    def __init__(
        self,
        settings: Settings,
        plan: Mapping[str, PlannedTask],
        *,
        models: Mapping[Side, Model],
        fingerprints: Mapping[Side, Fingerprint],
        tell: Tell,
    ) -> None:
        """`fingerprints` are the engines', as they enter the store's key."""
        self._settings = settings
        self._plan = plan
        self._models = models
        self._fingerprints = fingerprints
        self._tell = tell
        self._producer = Producer(settings.engine_args, settings.report_dir, tell=tell)

    @property
    def n_engine_starts(self) -> int:
        """How often this process has started an engine."""
        return self._producer.n_starts

    def open(self) -> None:
        """Make the store's folders, so that one that can't be written to is known early. Raises StoreError."""
        _ = self._partitions

    def of(self, side: Side, task: str) -> list[Generation]:
        """One answer per prompt, in the plan's order. Raises EngineError, and what else generating raises."""
        return self._answers[side, task]

    def folder(self, side: Side, task: str) -> Path:
        """Where the store keeps what it knows of this model's answers on this engine."""
        return self._partitions[side, task].folder

    @functools.cached_property
    def _answers(self) -> dict[tuple[Side, str], list[Generation]]:
        if self._jobs():
            with ExitStack() as locks:
                for folder in sorted(self._folders):
                    locks.enter_context(self._folders[folder].lock)
                    if torn := self._folders[folder].repair():
                        self._tell(f"store: {torn} bytes of an unfinished chunk dropped from {folder}")
                self._generate([job for job in map(self._fitting, self._jobs()) if job.requests])
        stored = {folder: partition.load() for folder, partition in self._folders.items()}
        return {
            (side, name): [stored[partition.folder][request.key] for request in self._plan[name].requests]
            for (side, name), partition in self._partitions.items()
        }

    def _generate(self, jobs: Sequence[Job]) -> None:
        for model in {job.model.name: job.model for job in jobs if job.backend.own_process}.values():
            self._tell(f"{model.name}: {context.facts(model.weights, self._settings.engine_args)}")
        self._producer.run(jobs)

    @functools.cached_property
    def _partitions(self) -> dict[tuple[Side, str], Partition]:
        return {
            (side, name): Partition(
                private.store_root(planned.source, self._settings.store),
                {"model": model.name, "identity": model.identity, "engine": self._fingerprints[side]},
                tier=planned.source.tier,
            )
            for side, model in self._models.items()
            for name, planned in self._plan.items()
        }

    @property
    def _folders(self) -> dict[Path, Partition]:
        return {partition.folder: partition for partition in self._partitions.values()}

    def _jobs(self) -> list[Job]:
        """What the store lacks, in the order in which the engine is asked."""
        present = {folder: set(partition.load()) for folder, partition in self._folders.items()}
        jobs = []
        for (side, name), partition in self._partitions.items():
            lacking = {r.key: r for r in self._plan[name].requests if r.key not in present[partition.folder]}
            present[partition.folder] |= set(lacking)
            if lacking:
                job = Job(
                    side=side,
                    task=name,
                    model=self._models[side],
                    backend=backend_of(self._settings, side),
                    partition=partition,
                    requests=self._ordered(side, sorted(lacking.values(), key=_order)),
                )
                jobs.append(job)
        return jobs

    def _ordered(self, side: Side, requests: Sequence[Request]) -> tuple[Request, ...]:
        if not self._settings.is_aa or side == "baseline":
            return tuple(requests)
        return noise.reordered(requests, chunk_size(backend_of(self._settings, side), self._settings.engine_args))

    def _fitting(self, job: Job) -> Job:
        """The job without the prompts that can't fit the model's context, which are stored as such at once."""
        long = context.too_long(job.model.weights, job.requests, self._settings.engine_args)
        if long:
            job.partition.append([(key, no_room(n_tokens)) for key, n_tokens in long.items()])
        return dataclasses.replace(job, requests=tuple(r for r in job.requests if r.key not in long))


def backend_of(settings: Settings, side: Side) -> type[Engine]:
    """What answers for that side."""
    spec = settings.baseline if side == "baseline" else settings.candidate
    return engines.BACKENDS["replay"] if spec.kind == "replay" else settings.backend


def _order(request: Request) -> tuple[list[str], str, int]:
    """Prompts that begin alike stand together, for the engine's prefix cache; among them the shortest comes first.

    A batch of like lengths wastes little on padding. Long questions begin with a document that others may share.
    """
    *before, question = [message.content for message in request.messages]
    document = question[:SHARED_PREFIX] if len(question) > 2 * SHARED_PREFIX else ""
    return before, document, len(question)
