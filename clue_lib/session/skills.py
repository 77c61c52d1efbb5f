"""How well a run's models can do its tasks, and so what the run's comparisons could show."""

import dataclasses
from collections.abc import Mapping

from clue_lib.datasets import private
from clue_lib.judging import signal
from clue_lib.judging.signal import Skills
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics import embedding
from clue_lib.runs import skill
from clue_lib.runs.rehearsal import user_code
from clue_lib.session.stages import SIDES, Answered, Pairs, Prepared
from clue_lib.types import Gate, Side, Signal, TaskRun


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
    sizes = {name: len(baseline.responses) for name, (baseline, _) in answered.pairs.items()}
    of_baseline = signal.of_gate(answered.skills["baseline"], gate, sizes, policy)
    of_candidate = signal.of_gate(answered.skills["candidate"], gate, sizes, policy)
    if of_baseline is None or of_candidate is None:
        return of_baseline
    return dataclasses.replace(of_baseline, candidate_lower=of_candidate.lower)
