"""Joins task, backend and store: prompts are planned once, generated once per model, then scored and judged."""

import dataclasses
import functools
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import clue_lib
from clue_lib import backends, clue_2024, digests, models, noise, preflight
from clue_lib.backends import Engine, Fingerprint
from clue_lib.backends.chat import no_room
from clue_lib.compare import compare
from clue_lib.errors import ClueError, MissingData, NothingMeasured
from clue_lib.models import Model
from clue_lib.planning import PlannedTask, plan_task, store_root
from clue_lib.producer import Job, Producer, Tell, chunk_size
from clue_lib.run_info import ModelInfo, Noise, PastScore, RunInfo
from clue_lib.scoring import score
from clue_lib.settings import Settings
from clue_lib.store import Partition
from clue_lib.tasks import TASKS
from clue_lib.thresholds import WHOLE_RUN
from clue_lib.types import Comparison, Gate, Generation, Request, Side, TaskRun
from clue_lib.verdict import Verdict, judge, unjudged
from clue_lib.whole_run import compare_over_tasks

SIDES: tuple[Side, Side] = ("baseline", "candidate")
SHARED_PREFIX = 1000
"""Characters at a long question's start that tell whether it shares its document with another."""


class GateRun:
    """One session's work, each part done once and only when asked for: plan, models, generations, verdicts."""

    def __init__(self, settings: Settings, gates: Sequence[Gate], *, tasks: Iterable[str], tell: Tell) -> None:
        """`gates` are those whose tests were selected; `tasks` are all that any selected test reads."""
        self.settings = settings
        self.gates = tuple(gates)
        self._tasks = frozenset(tasks)
        self._tell = tell
        self._missing: dict[str, str] = {}
        self._producer = Producer(settings.engine_args, settings.report_dir, tell=tell)

    def prepare(self) -> None:
        """Do all that can fail by the user's mistake before an engine starts. Raises UserError."""
        _ = self.plan, self.models, self.fingerprints

    @property
    def is_prepared(self) -> bool:
        """Whether plan, models and engine are known: `info` then raises nothing."""
        return "fingerprints" in vars(self)

    @property
    def info(self) -> RunInfo:
        """What this run is and has done so far. Raises what `prepare` raises."""
        settings = self.settings
        return RunInfo(
            version=clue_lib.__version__,
            profile=settings.profile,
            limit=settings.limit,
            seed=settings.seed,
            thresholds=settings.thresholds.file,
            thresholds_digest=settings.thresholds.digest,
            n_selected=len(self.gates),
            n_left_out=sum(g.role != "monitor" and g not in self.gates for g in settings.thresholds.gates),
            n_engine_starts=self._producer.n_starts,
            baseline=self._model_info("baseline"),
            candidate=self._model_info("candidate"),
            tasks=tuple(planned.info for planned in self.plan.values()),
            waivers=settings.thresholds.waivers,
            scoring=settings.scoring,
            past_scores=self._past_scores() if settings.scoring != "strict" else (),
            noise=self.noise,
        )

    @functools.cached_property
    def plan(self) -> dict[str, PlannedTask]:
        """The prompts of the selected tasks with data, in the order of `TASKS`. Raises DataError or PromptError."""
        plan = {}
        for name in (name for name in TASKS if name in self._tasks):
            try:
                plan[name] = plan_task(TASKS[name], self.settings)
            except MissingData as error:
                self._missing[name] = str(error)
        return plan

    @functools.cached_property
    def models(self) -> dict[Side, Model]:
        """Both models, fetched and digested. Raises ModelError."""
        resolve = functools.partial(models.resolve, merge=self.settings.merge_adapter, on_note=self._tell)
        baseline = resolve(self.settings.baseline)
        same = self.settings.candidate == self.settings.baseline
        return {"baseline": baseline, "candidate": baseline if same else resolve(self.settings.candidate)}

    @functools.cached_property
    def fingerprints(self) -> dict[Side, Fingerprint]:
        """Each side's engine, as it enters the store's key."""
        found = {
            side: self._backend(side).fingerprint(self.models[side].weights, self.settings.engine_args)
            for side in SIDES
        }
        return found | ({"candidate": found["candidate"] | noise.REVERSED} if self.settings.is_aa else {})

    def task_run(self, side: Side, task: str) -> TaskRun:
        """One model's scored run of one task; whatever the session's tasks lack is generated first."""
        return score(
            self.plan[task],
            self._answers[side, task],
            model=self.models[side].name,
            engine=noise.engine_name(self.fingerprints[side]),
            kept=self._partitions[side, task].folder / "scores",
        )

    @functools.cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Every selected gate's verdict by gate id; what could not be judged is NOT RUN or ERROR, never absent."""
        profile = self.settings.profile
        try:
            compared, not_run = self._compared()
        except ClueError as error:
            return {gate.id: unjudged(gate, profile, "ERROR", str(error)) for gate in self.gates}
        thresholds = self.settings.thresholds
        waived = {waiver.gate for waiver in thresholds.waivers}
        judged = judge(compared, policy=thresholds.policy, profile=profile, waived=waived)
        open_ = [unjudged(gate, profile, "NOT RUN", reason) for gate, reason in not_run]
        by_id = {verdict.gate.id: verdict for verdict in (*judged, *open_)}
        return {gate.id: by_id[gate.id] for gate in self.gates}

    @functools.cached_property
    def pairs(self) -> dict[str, tuple[TaskRun, TaskRun]]:
        """Both models' scored runs of every task that has data. Raises what generating raises."""
        return {name: (self.task_run("baseline", name), self.task_run("candidate", name)) for name in self.plan}

    @functools.cached_property
    def noise(self) -> tuple[Noise, ...]:
        """The baseline's noise: with `--aa` measured and kept, else what was kept; none where neither can be had."""
        try:
            places = {
                name: (self._partitions["baseline", name].folder, digests.of_value([r.key for r in planned.requests]))
                for name, planned in self.plan.items()
            }
            return noise.of_run(places, self.settings.thresholds, self.pairs if self.settings.is_aa else {})
        except ClueError as error:
            self._tell(f"noise floor: {error}")
            return ()

    def _past_scores(self) -> tuple[PastScore, ...]:
        """Every task's CLUE metrics by the other scoring; none where the answers could not be had."""
        try:
            pairs = self.pairs.values()
        except ClueError:
            return ()
        return tuple(score for pair in pairs for score in clue_2024.past_scores(*pair))

    def _compared(self) -> tuple[list[tuple[Gate, Comparison]], list[tuple[Gate, str]]]:
        policy = self.settings.thresholds.policy
        levels = {"confidence": policy.confidence, "power": policy.power}
        compared = []
        runs: dict[str, tuple[TaskRun, TaskRun]] = {}
        pairs = self.pairs  # before the next line: planning finds out what is missing
        not_run = [(gate, self._missing[gate.task]) for gate in self.gates if gate.task in self._missing]
        for name, (baseline, candidate) in pairs.items():
            reason = _no_context(baseline) or _no_context(candidate)
            if not reason:
                runs[name] = baseline, candidate
            for gate in self.gates:
                if gate.task == name and reason:
                    not_run.append((gate, reason))
                elif gate.task == name:
                    try:
                        compared.append((gate, compare(baseline, candidate, gate.metric, **levels)))
                    except NothingMeasured as error:
                        not_run.append((gate, str(error)))
        for gate in (gate for gate in self.gates if gate.task in WHOLE_RUN):
            over_tasks = compare_over_tasks(
                gate, runs, gates=self.settings.thresholds.gates, policy=policy, seed=self.settings.seed
            )
            if isinstance(over_tasks, str):
                not_run.append((gate, over_tasks))
            else:
                compared.append((gate, over_tasks))
        return compared, not_run

    @functools.cached_property
    def _answers(self) -> dict[tuple[Side, str], list[Generation]]:
        """Each task's answers in the plan's order. The first of several processes generates, the others wait for it."""
        if self._jobs():
            with ExitStack() as locks:
                for folder in sorted(self._folders):
                    locks.enter_context(self._folders[folder].lock)
                    if torn := self._folders[folder].repair():
                        self._tell(f"store: {torn} bytes of an unfinished chunk dropped from {folder}")
                jobs = [job for job in map(self._fitting, self._jobs()) if job.requests]
                for model in {job.model.name: job.model for job in jobs if job.backend.own_process}.values():
                    self._tell(f"{model.name}: {preflight.facts(model.weights, self.settings.engine_args)}")
                self._producer.run(jobs)
        stored = {folder: partition.load() for folder, partition in self._folders.items()}
        return {
            (side, name): [stored[partition.folder][request.key] for request in self.plan[name].requests]
            for (side, name), partition in self._partitions.items()
        }

    @functools.cached_property
    def _partitions(self) -> dict[tuple[Side, str], Partition]:
        return {
            (side, name): Partition(
                store_root(planned.source, self.settings),
                {"model": model.name, "identity": model.identity, "engine": self.fingerprints[side]},
                tier=planned.source.tier,
            )
            for side, model in self.models.items()
            for name, planned in self.plan.items()
        }

    @property
    def _folders(self) -> dict[Path, Partition]:
        return {partition.folder: partition for partition in self._partitions.values()}

    def _jobs(self) -> list[Job]:
        """What the store lacks, in the order in which the engine is asked."""
        present = {folder: set(partition.load()) for folder, partition in self._folders.items()}
        jobs = []
        for (side, name), partition in self._partitions.items():
            lacking = {r.key: r for r in self.plan[name].requests if r.key not in present[partition.folder]}
            present[partition.folder] |= set(lacking)
            if lacking:
                job = Job(
                    side=side,
                    task=name,
                    model=self.models[side],
                    backend=self._backend(side),
                    partition=partition,
                    requests=self._ordered(side, sorted(lacking.values(), key=_order)),
                )
                jobs.append(job)
        return jobs

    def _ordered(self, side: Side, requests: Sequence[Request]) -> tuple[Request, ...]:
        if not self.settings.is_aa or side == "baseline":
            return tuple(requests)
        return noise.reordered(requests, chunk_size(self._backend(side), self.settings.engine_args))

    def _fitting(self, job: Job) -> Job:
        """The job without the prompts that can't fit the model's context, which are stored as such at once."""
        long = preflight.too_long(job.model.weights, job.requests, self.settings.engine_args)
        if long:
            job.partition.append([(key, no_room(n_tokens)) for key, n_tokens in long.items()])
        return dataclasses.replace(job, requests=tuple(r for r in job.requests if r.key not in long))

    def _model_info(self, side: Side) -> ModelInfo:
        model = self.models[side]
        return ModelInfo(name=model.name, identity=model.identity, engine=self.fingerprints[side])

    def _backend(self, side: Side) -> type[Engine]:
        spec = self.settings.baseline if side == "baseline" else self.settings.candidate
        return backends.BACKENDS["replay"] if spec.kind == "replay" else self.settings.backend


def _order(request: Request) -> tuple[list[str], str, int]:
    """Prompts that begin alike stand together, for the engine's prefix cache; among them the shortest comes first.

    A batch of like lengths wastes little on padding. Long questions begin with a document that others may share.
    """
    *before, question = [message.content for message in request.messages]
    document = question[:SHARED_PREFIX] if len(question) > 2 * SHARED_PREFIX else ""
    return before, document, len(question)


def _no_context(run: TaskRun) -> str:
    """Why the run does not count, where a prompt did not fit the model's context; else nothing."""
    long = [r.generation.n_prompt_tokens for r in run.responses if r.generation.finish_reason == "context"]
    return f"{run.model}: {len(long)} prompts of up to {max(long)} tokens do not fit its context" if long else ""
