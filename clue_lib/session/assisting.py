"""What the store's whole runs add to a limited run: assisted differences beside the plain ones, after the verdicts."""

import dataclasses
from collections.abc import Callable, Mapping

from clue_lib.datasets import private
from clue_lib.judging import Verdict, assisting, drawings_by_tier
from clue_lib.judging.assisting import StoredScores
from clue_lib.runs import PlannedTask, plan_task, stored
from clue_lib.runs.stored import Whole
from clue_lib.session.settings import Settings
from clue_lib.session.stages import SIDES, Answered, Judged, Prepared

LEAST_MODELS = 2
"""A base and an earlier candidate."""


def assist(answered: Answered, judged: Judged) -> Judged:
    """The verdicts as they are, with the assisted figures of those comparisons that stored scores help.

    Nothing is computed but what a run kept: a task has no assistance unless the baseline and an earlier candidate were
    scored on all of its examples. Full runs and `--aa` have none.
    """
    settings = answered.prepared.settings
    if settings.limit is None or settings.is_aa:
        return judged
    known: dict[str, StoredScores] = {}
    for task in answered.pairs:
        found = _stored(answered.prepared, task)
        if found is not None:
            known[task] = found
    verdicts = {id_: _assisted(verdict, answered, known) for id_, verdict in judged.verdicts.items()}
    return dataclasses.replace(judged, verdicts=verdicts)


def _assisted(verdict: Verdict, answered: Answered, known: Mapping[str, StoredScores]) -> Verdict:
    gate, comparison = verdict.gate, verdict.comparison
    if comparison is None or gate.task not in known or not assisting.is_assisted(gate):
        return verdict
    found = assisting.assistance(gate, comparison, answered.pairs[gate.task], known[gate.task])
    return dataclasses.replace(verdict, comparison=dataclasses.replace(comparison, assistance=found))


def _stored(prepared: Prepared, task: str) -> StoredScores | None:
    """The stored scores of all of the task's examples; None where they are not all there."""
    baseline, candidate = (prepared.partitions[side, task].folder for side in SIDES)
    found = stored_scores(
        prepared.settings,
        prepared.plan[task],
        is_baseline=lambda whole: whole.folder == baseline,
        is_candidate=lambda whole: whole.folder == candidate,
    )
    return found if found is not None and found.earlier else None


def stored_scores(
    settings: Settings,
    limited: PlannedTask,
    *,
    is_baseline: Callable[[Whole], bool],
    is_candidate: Callable[[Whole], bool],
) -> StoredScores | None:
    """What the store knows of all examples of a task that is planned with a limit, drawn as profile `ci` draws them.

    None without the baseline's scores, and where the limit leaves no example out. The candidate's own are left out.
    """
    root = private.store_root(limited.source, settings.store)
    n_models = sum(1 for _ in root.glob("*/about.json"))
    if limited.task.is_custom or n_models < LEAST_MODELS:
        return None  # without reading the data once more
    # A limited run's one drawing of a context is the first of those that a whole run makes.
    as_whole = drawings_by_tier("ci", settings.repeats)
    whole = plan_task(limited.task, dataclasses.replace(settings.of_prompts, limit=None, n_repeats=as_whole))
    whole = whole.asked_by(limited.requests[0].chat)
    if {example.id for example in whole.examples} == {example.id for example in limited.examples}:
        return None
    baseline, earlier = None, []
    for one in stored.in_store(whole, root):
        scores = None if is_candidate(one) else one.kept_scores(whole)
        if scores is not None and is_baseline(one):
            baseline = scores.values
        elif scores is not None:
            earlier.append(scores.values)
    if baseline is None:
        return None
    return StoredScores(examples=whole.examples, baseline=baseline, earlier=tuple(earlier))


def expected(settings: Settings, limited: PlannedTask) -> dict[str, float]:
    """By main metric, the MDE that is left with stored scores' help, as a share of the plain one; where that helps.

    It is what it would have been for each earlier candidate, with the help of the base and the others, on average.
    Models are recognised by their names. Empty where the store lacks whole runs of the base and another candidate.
    """
    found = stored_scores(
        settings,
        limited,
        is_baseline=lambda whole: whole.about.model == settings.baseline.name,
        is_candidate=lambda whole: whole.about.model == settings.candidate.name != settings.baseline.name,
    )
    if found is None:
        return {}
    asked = {example.id for example in limited.examples}
    shares = {}
    for metric in limited.task.clue_metrics:
        share = assisting.expected_ratio(metric, found, asked)
        if share is not None and share < 1:
            shares[metric] = share
    return shares
