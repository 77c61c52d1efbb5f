"""How far two models differ by answers that are stored already; no model is loaded, fetched or even looked up."""

from collections.abc import Iterator
from pathlib import Path

from clue_lib import engines
from clue_lib.datasets import private
from clue_lib.errors import ModelError
from clue_lib.forecast.assumptions import Spread
from clue_lib.judging import Measures, Policy
from clue_lib.judging.averages import Key
from clue_lib.judging.gates import FAMILIES
from clue_lib.models import ModelSpec, read_recording
from clue_lib.runs import PlannedTask, score
from clue_lib.types import Generation, TaskRun

Answers = dict[str, Generation]


def spreads(
    planned: PlannedTask, baseline: ModelSpec, candidate: ModelSpec, *, store_folder: Path, policy: Policy
) -> dict[Key, Spread]:
    """The measured spread of every metric and family of the task; empty unless all answers of both models are stored.

    Models are recognised by their names and must have answered on the same engine. A model compared with itself tells
    nothing: empty.
    """
    if baseline.name == candidate.name:
        return {}
    runs = _runs(planned, baseline, candidate, private.store_root(planned.source, store_folder))
    if runs is None:
        return {}
    spreads: dict[Key, Spread] = {}
    for name in (*FAMILIES.values(), *planned.task.metrics):
        spread = _spread(*runs, name, policy)
        if spread is not None:
            spreads[planned.task.name, name] = spread
    return spreads


def _runs(
    planned: PlannedTask, baseline: ModelSpec, candidate: ModelSpec, root: Path
) -> tuple[TaskRun, TaskRun] | None:
    """Both models' scored runs, on the first engine that has all answers of both; None where there is none."""
    of_baseline = dict(_complete(planned, baseline, root))
    of_candidate = dict(_complete(planned, candidate, root))
    for engine, answers in of_baseline.items():
        if engine in of_candidate:
            first = _scored(planned, answers, baseline.name, engine)
            return first, _scored(planned, of_candidate[engine], candidate.name, engine)
    return None


def _scored(planned: PlannedTask, answers: Answers, model: str, engine: str) -> TaskRun:
    generations = [answers[request.key] for request in planned.requests]
    return score(planned, generations, model=model, engine=engine)


def _spread(baseline: TaskRun, candidate: TaskRun, name: str, policy: Policy) -> Spread | None:
    """The spread of a metric or family; None where it is undefined, or unknown for want of a second cluster."""
    measured = Measures(policy).defined(baseline, candidate, name)
    if measured is None or not measured.estimate.freedom:
        return None
    estimate = measured.estimate
    return Spread(
        task=baseline.task,
        standard_error=estimate.standard_error,
        freedom=estimate.freedom,
        n_clusters=estimate.n_clusters,
        is_stored=True,
    )


def _complete(planned: PlannedTask, spec: ModelSpec, root: Path) -> Iterator[tuple[str, Answers]]:
    """Each engine that answered all of the task's prompts for the model, with its answers."""
    if spec.kind == "replay":
        folders = [Path(spec.location)]
    else:
        folders = [path.parent for path in sorted(root.glob("*/about.json"))]
    for folder in folders:
        try:
            about = read_recording(folder)
        except ModelError:  # a damaged one is told and written anew by the run that asks that model again
            continue
        if about.model != spec.name or about.engine.is_reordered:
            continue
        answers = engines.read_generations(folder, about)
        if all(request.key in answers for request in planned.requests):
            yield about.engine.label, answers
