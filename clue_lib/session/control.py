"""What a run would have noticed: defects planted in the baseline's own answers, judged by its rule on its data.

No model is asked. A run that would not have noticed a defect says nothing of candidates that have it.
"""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from clue_lib import digests
from clue_lib.__about__ import __version__
from clue_lib.errors import StoreError
from clue_lib.judging import Verdict
from clue_lib.runs.defects import defects, planted
from clue_lib.runs.kept import kept
from clue_lib.session.judging import judge_run, known_of
from clue_lib.session.stages import Answered
from clue_lib.tasks import TASKS
from clue_lib.types import PlantedDefect, TaskRun


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside the scores."""

    defects: tuple[PlantedDefect, ...]


def control(answered: Answered) -> tuple[PlantedDefect, ...]:
    """Every defect that can be planted in the run's tasks, noticed or not; kept with the scores.

    Planted answers are scored by every metric but the one that embeds. A task of the user's own is left as it is: what
    its answers look like is not known. Raises what judging raises.
    """
    prepared = answered.prepared
    baselines = {name: run for name, (run, _) in answered.pairs.items() if name in TASKS and not _has_no_room(run)}
    if not baselines:
        return ()
    settings = prepared.settings
    decided_by = (
        ("planted", __version__),  # what is planted and how it is judged are this version's
        [_content(baseline) for baseline, _ in answered.pairs.values()],
        [gate.id for gate in prepared.gates],
        (settings.thresholds.digest, settings.profile, settings.seed, answered.info.early.is_in_force),
    )
    partition = prepared.partitions["baseline", next(iter(baselines))]
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(StoreError):  # a store that can only be read has no lock, and needs none
            stack.enter_context(partition.held())  # the first of several workers makes it, the others read
        known = kept(
            partition.folder / "scores",
            decided_by,
            _Kept,
            lambda: _Kept(defects=tuple(_judged(answered, baselines))),
        )
    return known.defects


def _has_no_room(run: TaskRun) -> bool:
    """Whether a prompt did not fit the model's context: the task is not judged then."""
    return any(response.generation.finish_reason == "context" for response in run.responses)


def _content(run: TaskRun) -> object:
    """All of a scored run that decides what can be planted in it and how it is judged."""
    generations = digests.of_value([response.generation for response in run.responses])
    return run.task, run.signatures, run.gold_digests, run.prompt_digests, generations


def _judged(answered: Answered, baselines: Mapping[str, TaskRun]) -> Iterator[PlantedDefect]:
    """Each damaged run is made once, for the defect of its task alone and for that of every task, and measured once."""
    known = known_of(answered)
    damaged: dict[tuple[str, str], TaskRun] = {}
    for defect in defects(baselines):
        for name in defect.tasks:
            if (defect.name, name) not in damaged:
                damaged[defect.name, name] = planted(baselines[name], defect)
        of_tasks = {name: damaged[defect.name, name] for name in defect.tasks}
        if all(run.scores == baselines[name].scores for name, run in of_tasks.items()):
            yield PlantedDefect(name=defect.name, tasks=defect.tasks, is_inert=True)
            continue
        pairs = {name: (run, of_tasks.get(name, run)) for name, (run, _) in answered.pairs.items()}
        judged = judge_run(dataclasses.replace(answered, pairs=pairs), known)
        gate = _noticed_by(judged.verdicts.values())
        yield PlantedDefect(name=defect.name, tasks=defect.tasks, gate=gate)


def _noticed_by(verdicts: Iterable[Verdict]) -> str:
    """The failed gate that shows the defect most surely; empty where none failed by a difference."""
    shown = [verdict for verdict in verdicts if not verdict.ok and _is_worse(verdict)]
    surest = min(shown, key=_sureness, default=None)
    return "" if surest is None else surest.gate.id


def _is_worse(verdict: Verdict) -> bool:
    """Whether the candidate lost more than the margin: a gate that fails for another reason noticed nothing."""
    return verdict.comparison is not None and verdict.comparison.inference.delta < -verdict.gate.margin


def _sureness(verdict: Verdict) -> tuple[bool, float]:
    """A task's own gate before those of the whole run, which say less of where; among them the smallest p."""
    p = 1.0 if verdict.comparison is None else verdict.comparison.inference.p
    return verdict.gate.is_of_run, p
