"""Joins task, backend and store: prompts are planned once, generated once per model, then scored and judged."""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterable, Sequence

import clue_lib
from clue_lib import digests, models
from clue_lib.engines.engine import REVERSED, Fingerprint
from clue_lib.errors import ClueError, MissingData, NothingMeasured
from clue_lib.judging import profiles
from clue_lib.judging.compare import compare
from clue_lib.judging.thresholds import WHOLE_RUN
from clue_lib.judging.verdict import Verdict, judge, unjudged
from clue_lib.judging.whole_run import compare_over_tasks
from clue_lib.models import Model
from clue_lib.runs import past_scores
from clue_lib.runs.planning import PlannedTask, plan_task
from clue_lib.runs.scoring import score
from clue_lib.session import noise
from clue_lib.session.generations import Generations, backend_of
from clue_lib.session.settings import Settings
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Gate, ModelInfo, Noise, PastScore, Progress, RunInfo, Side, TaskRun, Tell

SIDES: tuple[Side, Side] = ("baseline", "candidate")


class GateRun:
    """One session's work, each part done once and only when asked for: plan, models, generations, verdicts."""

    def __init__(self, settings: Settings, gates: Sequence[Gate], *, tasks: Iterable[str], tell: Tell) -> None:
        """`gates` are those whose tests were selected; `tasks` are all that any selected test reads."""
        self.settings = settings
        self.gates = tuple(gates)
        self._tasks = frozenset(tasks)
        self._tell = tell
        self._missing: dict[str, str] = {}

    def prepare(self) -> None:
        """Do all that can fail by the user's mistake before an engine starts. Raises UserError or StoreError."""
        _ = self.plan, self.models, self.fingerprints
        self._generations.open()

    @property
    def is_prepared(self) -> bool:
        """Whether plan, models and engine are known: `opening` and `info` then raise nothing."""
        return "fingerprints" in vars(self)

    @property
    def opening(self) -> RunInfo:
        """What this run is, known before an engine starts. Raises what `prepare` raises."""
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
            n_engine_starts=0,
            baseline=self._model_info("baseline"),
            candidate=self._model_info("candidate"),
            tasks=tuple(planned.info for planned in self.plan.values()),
            engine_args=settings.engine_args,
            is_merged=settings.merge_adapter,
            has_own_prompts=settings.prompts is not None,
            waivers=settings.thresholds.waivers,
            scoring=settings.scoring,
        )

    @property
    def info(self) -> RunInfo:
        """What this run is and has done so far. Raises what `prepare` raises."""
        return dataclasses.replace(
            self.opening,
            n_engine_starts=self._generations.n_engine_starts,
            past_scores=self._past_scores() if self.settings.scoring != "strict" else (),
            noise=self.noise,
            equal_fails=self._equal_fails(),
        )

    def _equal_fails(self) -> float | None:
        """How often `point` fails an equal model; None under other profiles, or where nothing was judged."""
        if self.settings.profile != "point" or "verdicts" not in vars(self):
            return None
        compared = [(one.gate, one.comparison) for one in self.verdicts.values() if one.comparison]
        return profiles.point_fails(compared, self.settings.thresholds.policy) if compared else None

    @functools.cached_property
    def plan(self) -> dict[str, PlannedTask]:
        """The prompts of the selected tasks with data, in the order of `TASKS`. Raises DataError or PromptError."""
        plan = {}
        for name in (name for name in TASKS if name in self._tasks):
            try:
                plan[name] = plan_task(TASKS[name], self.settings.of_prompts)
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
            side: backend_of(self.settings, side).fingerprint(self.models[side].weights, self.settings.engine_args)
            for side in SIDES
        }
        return found | ({"candidate": found["candidate"] | REVERSED} if self.settings.is_aa else {})

    @functools.cached_property
    def _generations(self) -> Generations:
        return Generations(
            self.settings, self.plan, models=self.models, fingerprints=self.fingerprints, tell=self._tell
        )

    def task_run(self, side: Side, task: str) -> TaskRun:
        """One model's scored run of one task; whatever the session's tasks lack is generated first."""
        generations = self._generations.of(side, task)
        return score(
            self.plan[task],
            generations,
            model=self.models[side].name,
            engine=noise.engine_name(self.fingerprints[side]),
            kept=self._generations.folder(side, task) / "scores",
            on_metric=self._scoring(side, task, time.monotonic()),
        )

    def _scoring(self, side: Side, task: str, started: float) -> Callable[[int], None]:
        def step(done: int) -> None:
            self._tell(
                Progress(
                    stage="scoring",
                    side=side,
                    task=task,
                    done=done,
                    total=len(TASKS[task].metrics),
                    seconds=time.monotonic() - started,
                )
            )

        return step

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
                name: (self._generations.folder("baseline", name), digests.of_value([r.key for r in planned.requests]))
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
        return tuple(score for pair in pairs for score in past_scores.past_scores(*pair))

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

    def _model_info(self, side: Side) -> ModelInfo:
        model = self.models[side]
        return ModelInfo(name=model.name, identity=model.identity, engine=self.fingerprints[side])


def _no_context(run: TaskRun) -> str:
    """Why the run does not count, where a prompt did not fit the model's context; else nothing."""
    long = [r.generation.n_prompt_tokens for r in run.responses if r.generation.finish_reason == "context"]
    return f"{run.model}: {len(long)} prompts of up to {max(long)} tokens do not fit its context" if long else ""
