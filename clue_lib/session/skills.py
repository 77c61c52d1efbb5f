"""How well a run's models can do its tasks, and so what the run's comparisons could show."""

import dataclasses
from collections.abc import Mapping, Sequence

from clue_lib.datasets import private
from clue_lib.judging import averages, signal
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics import METRICS, embedding
from clue_lib.runs import skill
from clue_lib.runs.rehearsal import user_code
from clue_lib.session.stages import SIDES, Answered, Pairs, Prepared, Skills
from clue_lib.tasks import named
from clue_lib.types import Gate, Side, Signal, Skill, TaskRun

NO_SKILL = Signal(skill=0.0, lower=0.0)
"""Where skill can't be measured, since one cluster holds more than half of the examples, none is granted."""


def measured(prepared: Prepared, pairs: Pairs) -> dict[Side, Skills]:
    """Each side's skill by task and CLUE metric; no model is asked. Raises what scoring raises."""
    return {
        side: _of_side(prepared, side, {name: pair[i] for name, pair in pairs.items()}) for i, side in enumerate(SIDES)
    }


def _of_side(prepared: Prepared, side: Side, runs: Mapping[str, TaskRun]) -> Skills:
    skills = {}
    for name, run in runs.items():
        planned = prepared.plan[name]
        beside = private.folder_beside(planned.source) if private.is_private(planned.source) else None
        # A user's own metric or parser has no version that a kept score could be told by.
        folder = None if planned.task.is_custom else prepared.partitions[side, name].folder / "scores"
        with embedding.kept_in(beside), user_code(planned.task, "metric on another example's gold"):
            skills[name] = skill.skills(run, runs, seed=prepared.settings.seed, folder=folder)
    return skills


def signal_of(answered: Answered, gate: Gate, policy: Policy) -> Signal | None:
    """The signal behind a comparison; None of what is no CLUE metric and no average of such."""
    of_baseline = _of_model(answered, "baseline", gate, policy)
    of_candidate = _of_model(answered, "candidate", gate, policy)
    if of_baseline is None or of_candidate is None:
        return of_baseline
    return dataclasses.replace(of_baseline, candidate_lower=of_candidate.lower)


def _of_model(answered: Answered, side: Side, gate: Gate, policy: Policy) -> Signal | None:
    skills = answered.skills[side]
    if gate.is_main_metric:
        known = _skill(skills, gate.task, gate.metric)
        return signal.of_skill(known, policy) if known else _without(gate.task)
    if gate.kind == "average":
        return _of_average(answered, skills, gate, policy)
    return None


def _of_average(answered: Answered, skills: Skills, gate: Gate, policy: Policy) -> Signal:
    sizes = {name: len(baseline.responses) for name, (baseline, _) in answered.pairs.items()}
    weighted = []
    for (task, metric), weight in averages.weights(gate.metric, sizes).items():
        known = _skill(skills, task, metric)
        if known is None:
            return NO_SKILL
        weighted.append((weight, known))
    return signal.of_average(weighted, policy)


def _skill(skills: Skills, task: str, metric: str) -> Skill | None:
    """The skill on the metric, or on the task's first one that looks at golds where this one does not."""
    of_task = skills[task]
    if METRICS[metric].uses_gold:
        return of_task.get(metric)
    return next(iter(of_task.values()), None)


def _without(task: str) -> Signal | None:
    """Where no skill was measured: none is granted, unless no metric of the task looks at a gold."""
    metrics: Sequence[str] = named(task).clue_metrics
    return NO_SKILL if any(METRICS[metric].uses_gold for metric in metrics) else None
