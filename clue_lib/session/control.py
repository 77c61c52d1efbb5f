"""What a run would have noticed: defects planted in the baseline's own answers, judged by its rule on its data.

No model is asked. A run that would not have noticed a defect says nothing of candidates that have it.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from clue_lib import digests
from clue_lib.judging import Verdict
from clue_lib.runs.defects import defects, planted
from clue_lib.runs.kept import kept
from clue_lib.session.judging import judge_run
from clue_lib.session.stages import Answered
from clue_lib.types import PlantedDefect, TaskRun


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside the scores."""

    defects: tuple[PlantedDefect, ...]


def control(answered: Answered) -> tuple[PlantedDefect, ...]:
    """Every defect that can be planted in the run's tasks, noticed or not; kept with the scores.

    Planted answers are scored by every metric but the one that embeds. Raises what judging raises.
    """
    prepared = answered.prepared
    baselines = {name: baseline for name, (baseline, _) in answered.pairs.items()}
    if not baselines:
        return ()
    settings = prepared.settings
    decided_by = (
        "planted",
        [_content(run) for run in baselines.values()],
        [gate.id for gate in prepared.gates],
        (settings.thresholds.digest, settings.profile, settings.seed),
    )
    folder = prepared.partitions["baseline", next(iter(baselines))].folder / "scores"
    known = kept(folder, decided_by, _Kept, lambda: _Kept(defects=tuple(_judged(answered, baselines))))
    return known.defects


def _content(run: TaskRun) -> object:
    """All of a scored run that decides what can be planted in it and how it is judged."""
    generations = digests.of_value([response.generation for response in run.responses])
    return run.task, run.signatures, run.gold_digests, run.prompt_digests, generations


def _judged(answered: Answered, baselines: Mapping[str, TaskRun]) -> Iterator[PlantedDefect]:
    for defect in defects(baselines):
        damaged = {name: planted(baselines[name], defect) for name in defect.tasks}
        if all(run.scores == baselines[name].scores for name, run in damaged.items()):
            yield PlantedDefect(name=defect.name, is_inert=True)
            continue
        pairs = {name: (run, damaged.get(name, run)) for name, run in baselines.items()}
        judged = judge_run(dataclasses.replace(answered, pairs=pairs))
        yield PlantedDefect(name=defect.name, gate=_noticed_by(judged.verdicts.values()))


def _noticed_by(verdicts: Iterable[Verdict]) -> str:
    """The gate that shows the defect most surely; empty where none does."""
    shown = [verdict for verdict in verdicts if verdict.outcome == "REGRESSED" and verdict.gate.role != "monitor"]
    surest = min(shown, key=_sureness, default=None)
    return "" if surest is None else surest.gate.id


def _sureness(verdict: Verdict) -> tuple[bool, float]:
    """A task's own gate before those of the whole run, which say less of where; among them the smallest p."""
    p = 1.0 if verdict.comparison is None else verdict.comparison.inference.p
    return verdict.gate.is_of_run, p
