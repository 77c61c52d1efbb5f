"""What the store already tells of two models' difference, without loading, fetching or resolving either."""

from collections.abc import Iterator
from pathlib import Path

from clue_lib import engines
from clue_lib.datasets import private
from clue_lib.errors import PairingError
from clue_lib.forecast.assumptions import Spread
from clue_lib.judging.compare import measure
from clue_lib.judging.pairing import Paired, pair, pair_family
from clue_lib.judging.thresholds import Policy
from clue_lib.judging.whole_run import FAMILIES
from clue_lib.models import ModelSpec, read_recording
from clue_lib.runs import scoring
from clue_lib.runs.planning import PlannedTask
from clue_lib.types import Generation, TaskRun

Answers = dict[str, Generation]


def spreads(
    planned: PlannedTask, baseline: ModelSpec, candidate: ModelSpec, *, store_folder: Path, policy: Policy
) -> dict[tuple[str, str], Spread]:
    """The real spread of every metric and family of the task; none unless the store holds both models' answers.

    Models are known by name and answered on one engine; a model and itself differ in nothing, and tell nothing.
    """
    if baseline.name == candidate.name:
        return {}
    root = private.store_root(planned.source, store_folder)
    before = dict(_complete(planned, baseline, root))
    after = dict(_complete(planned, candidate, root))
    engine = next((engine for engine in before if engine in after), None)
    if engine is None:
        return {}
    sides = ((baseline.name, before[engine]), (candidate.name, after[engine]))
    runs = [
        scoring.score(planned, [answers[request.key] for request in planned.requests], model=name, engine=engine)
        for name, answers in sides
    ]
    task = planned.task
    found: dict[tuple[str, str], Spread] = {}
    for name in (*FAMILIES.values(), *task.metrics):
        if one := _paired(runs[0], runs[1], name):
            estimate = measure(one, confidence=policy.confidence, power=policy.power).estimate
            if not estimate.freedom:  # one cluster: its error is unknown
                continue
            found[task.name, name] = Spread(
                task=task.name,
                standard_error=estimate.standard_error,
                freedom=estimate.freedom,
                n_clusters=estimate.n_clusters,
                is_stored=True,
            )
    return found


def _paired(before: TaskRun, after: TaskRun, name: str) -> Paired | None:
    """Both runs on a metric or family; None where it says nothing of any example."""
    family = next((family for family in FAMILIES.values() if family == name), None)
    try:
        return pair_family(before, after, family) if family else pair(before, after, name)
    except PairingError:
        return None


def _complete(planned: PlannedTask, spec: ModelSpec, root: Path) -> Iterator[tuple[str, Answers]]:
    """Engines that answered all of the task's prompts for the model, and their answers."""
    folders = [Path(spec.location)] if spec.kind == "replay" else sorted(root.glob("*/about.json"))
    for folder in (path if path.is_dir() else path.parent for path in folders):
        about = read_recording(folder)
        if about.model == spec.name and not about.engine.is_reordered:
            answers = engines.read_generations(folder / "generations.jsonl")
            if all(request.key in answers for request in planned.requests):
                yield about.engine.label, answers
