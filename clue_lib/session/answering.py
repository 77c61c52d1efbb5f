"""Both models' answers to a run's prompts, scored: finished tasks while the engine answers the next, then the rest."""

import contextlib
import dataclasses
import time
from collections.abc import Callable

from clue_lib.engines import Producer
from clue_lib.errors import ClueError
from clue_lib.judging import noise as judging_noise
from clue_lib.runs import past_scores, score
from clue_lib.runs.thought_lengths import thoughts_of
from clue_lib.session import early, noise, skills
from clue_lib.session.early import Watch
from clue_lib.session.generating import generate_missing
from clue_lib.session.stages import SIDES, Answered, Pairs, Prepared
from clue_lib.types import Noise, PastScore, Progress, Side, TaskRun, Tell


def answer(prepared: Prepared, producer: Producer, *, tell: Tell) -> Answered:
    """Have both models answer whatever the store lacks, and score every answer.

    Of a candidate that is rejected early, only the tasks that it has answered whole are scored.
    Raises EngineError, StoreError, and what a metric's package or model may lack.
    """
    scored: dict[tuple[Side, str], TaskRun] = {}
    watch = Watch(prepared, early.state_of(prepared))
    for side, name in generate_missing(prepared, producer, tell, watch):
        with contextlib.suppress(ClueError):  # is raised below, when every answer is stored
            scored[side, name] = _scored(prepared, side, name, tell)
    watch.catch_up()  # where another process has asked
    pairs = {}
    for name in watch.answered:
        baseline, candidate = (
            scored[side, name] if (side, name) in scored else _scored(prepared, side, name, tell) for side in SIDES
        )
        pairs[name] = (baseline, candidate)
    info = dataclasses.replace(
        prepared.info,
        past_scores=_past_scores(prepared, pairs),
        thoughts=thoughts_of(pairs.values()),
        noise=_measured_noise(prepared, pairs, tell) if prepared.settings.is_aa else prepared.info.noise,
        early=watch.early,
    )
    return Answered(prepared=prepared, pairs=pairs, skills=skills.measured(prepared, pairs), info=info)


def _past_scores(prepared: Prepared, pairs: Pairs) -> tuple[PastScore, ...]:
    """Every task's CLUE metrics by the other scoring, where it was asked for."""
    if prepared.settings.scoring == "strict":
        return ()
    return tuple(score for pair in pairs.values() for score in past_scores.past_scores(*pair))


def _measured_noise(prepared: Prepared, pairs: Pairs, tell: Tell) -> tuple[Noise, ...]:
    """The noise of every task of a run of `--aa`, which later runs find beside the baseline's answers."""
    thresholds = prepared.settings.thresholds
    measured: list[Noise] = []
    for task, pair in pairs.items():
        try:
            of_task = judging_noise.of_task(*pair, thresholds.for_task(task), thresholds.policy)
            noise.keep(prepared.partitions["baseline", task].folder, task, of_task, prepared.plan[task].digest)
        except ClueError as error:
            tell(f"noise floor: {error}")
            return ()
        measured += of_task
    return tuple(measured)


def _scored(prepared: Prepared, side: Side, task: str, tell: Tell) -> TaskRun:
    """One model's run of one task, all answers to which are stored."""
    planned, partition = prepared.plan[task], prepared.partitions[side, task]
    stored = partition.load()
    return score(
        planned,
        [stored[request.key] for request in planned.requests],
        model=prepared.models[side].name,
        engine=prepared.fingerprints[side].label,
        scores_folder=partition.folder / "scores",
        on_metric=_progress(side, task, len(planned.task.metrics), tell),
    )


def _progress(side: Side, task: str, n_metrics: int, tell: Tell) -> Callable[[int], None]:
    started = time.monotonic()

    def step(done: int) -> None:
        seconds = time.monotonic() - started
        tell(Progress(stage="scoring", side=side, task=task, done=done, total=n_metrics, seconds=seconds))

    return step
