"""How far two models differ by answers that are stored already; no model is loaded, fetched or even looked up."""

from pathlib import Path

from clue_lib.datasets import private
from clue_lib.forecast.assumptions import Spread
from clue_lib.judging import Measures, Policy
from clue_lib.judging.averages import Key
from clue_lib.judging.gates import FAMILIES
from clue_lib.models import ModelSpec
from clue_lib.runs import PlannedTask, stored
from clue_lib.types import TaskRun


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
    of_candidate = {whole.about.engine.label: whole for whole in stored.of_model(planned, candidate, root)}
    for whole in stored.of_model(planned, baseline, root):
        other = of_candidate.get(whole.about.engine.label)
        if other is not None:
            return whole.scored(planned, keep=False), other.scored(planned, keep=False)
    return None


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
