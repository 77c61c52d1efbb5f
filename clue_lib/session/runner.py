"""One session's run, stage by stage: each is reached once, when it is first asked for, and not a second time."""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, TypeVar

from clue_lib import sealed
from clue_lib import tasks as all_tasks
from clue_lib.boundary import Boundary
from clue_lib.datasets import private
from clue_lib.engines import Factors, Producer
from clue_lib.errors import ClueError, NothingMeasured
from clue_lib.judging import Verdict, unjudged
from clue_lib.runs import PlannedTask
from clue_lib.session.answering import answer
from clue_lib.session.concluding import conclude
from clue_lib.session.preparing import prepare
from clue_lib.session.settings import Settings
from clue_lib.session.stages import SIDES, Answered, Judged, Pairs, Prepared
from clue_lib.types import PRIVATE_TIERS, Gate, RunInfo, Side, TaskRun, Tell

Stage = TypeVar("Stage")


class _Once(Generic[Stage]):
    """Makes a stage when it is first asked for. What stopped it then is raised every time: nothing is tried twice."""

    def __init__(self, make: Callable[[], Stage], boundary: Callable[[], Boundary], tell: Tell) -> None:
        self._make = make
        self._boundary = boundary
        self._tell = tell
        self.error: ClueError | None = None
        self.made: Stage | None = None

    def __call__(self) -> Stage:
        if self.error is not None:
            raise self.error.with_traceback(None)
        if self.made is None:
            try:
                with self._boundary(), sealed.telling(self._tell):
                    self.made = self._make()
            except ClueError as error:
                self.error = error
                raise
        return self.made


class GateRun:
    """Takes one run through its stages. Every property raises what its stage raised."""

    def __init__(
        self,
        settings: Settings,
        gates: Sequence[Gate],
        *,
        tasks: Collection[str],
        tell: Tell,
        check: Callable[[Prepared], None] = lambda prepared: None,
    ) -> None:
        """`gates` are those whose tests were selected; `tasks` are all that any selected test reads.

        `check` is called before an engine starts, and may raise.
        """
        self.settings = settings
        self.gates = tuple(gates)
        producer = Producer(
            settings.engine_args,
            settings.report_dir,
            tell=tell,
            factors=Factors(settings.store),
            # A smoke run has no snapshots, and its batches are others than a whole run's anyway.
            shares_chunks=settings.limit is not None and not settings.is_aa,
            limits=settings.limits,
        )
        self._producer = producer
        self._tasks = frozenset(tasks)
        self._prepared = _Once(
            lambda: _checked(prepare(settings, gates, tasks=tasks, tell=tell), check), self.boundary, tell
        )
        self._answered = _Once(lambda: answer(self._prepared(), producer, tell=tell), self.boundary, tell)
        self._judged = _Once(lambda: conclude(self._answered()), self.boundary, tell)

    def boundary(self) -> Boundary:
        """Around whatever reads this run's data: no exception of others' leaves it, nor text of private data."""
        return Boundary(is_private=self._may_be_private)

    def _may_be_private(self) -> bool:
        """Whether data under an agreement is read: before they are found, whether any may be."""
        if self._prepared.made is not None:
            return any(private.is_private(planned.source) for planned in self._prepared.made.plan.values())
        own = [all_tasks.named(name).data for name in self._tasks]
        return self.settings.data_root is not None or any(data and data.tier in PRIVATE_TIERS for data in own)

    def prepare(self) -> None:
        """Do all that can fail by the user's mistake before an engine starts. Raises UserError or StoreError."""
        self._prepared()

    @property
    def is_prepared(self) -> bool:
        """Whether data, models and engine are known: `info` then raises nothing."""
        return self._prepared.made is not None

    @property
    def plan(self) -> Mapping[str, PlannedTask]:
        """The prompts of the selected tasks with data, in the order of `TASKS`."""
        return self._prepared().plan

    @property
    def prepared(self) -> Prepared:
        """The stage before an engine starts."""
        return self._prepared()

    @property
    def pairs(self) -> Pairs:
        """Both models' scored runs of every task that has data."""
        return self._answered().pairs

    def task_run(self, side: Side, task: str) -> TaskRun:
        """One model's scored run of one task. Raises NothingMeasured where the candidate was rejected before."""
        if task in self.plan and task not in self.pairs:
            raise NothingMeasured(
                f"{task}: not answered whole, since the candidate was rejected early; --early=off asks it everything"
            )
        return self.pairs[task][SIDES.index(side)]

    @property
    def answered(self) -> Answered:
        """The stage in which every answer is scored."""
        return self._answered()

    @property
    def judged(self) -> Judged:
        """The last stage."""
        return self._judged()

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Every selected gate's verdict by gate id; where a stage failed every one is ERROR.

        The first of them tells the error; the others refer to it.
        """
        try:
            return self._judged().verdicts
        except ClueError as error:
            return {gate.id: self._not_judged(gate, error) for gate in self.gates}

    def _not_judged(self, gate: Gate, error: ClueError) -> Verdict:
        first = self.gates[0]
        reason = str(error) if gate == first else f"nothing was judged, see {first.id}"
        return unjudged(gate, self.settings.profile, "ERROR", reason)

    @property
    def failure(self) -> ClueError | None:
        """What ended the run before anything was judged; None as long as nothing has."""
        return self._prepared.error or self._answered.error or self._judged.error

    @property
    def info(self) -> RunInfo:
        """What this run is and has done, as far as it has come."""
        last = self._judged.made or self._answered.made or self._prepared()
        failure = str(self.failure) if self.failure is not None else None
        return dataclasses.replace(last.info, n_engine_starts=self._producer.n_starts, failure=failure)


def _checked(prepared: Prepared, check: Callable[[Prepared], None]) -> Prepared:
    check(prepared)
    return prepared
