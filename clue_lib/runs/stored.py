"""Models that have answered all of a task's prompts already: whose answers the store holds whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clue_lib import engines
from clue_lib.engines.store_keeping import SCORES_FOLDER
from clue_lib.errors import ModelError
from clue_lib.models import ModelSpec, Recording, read_recording
from clue_lib.runs.planning import PlannedTask
from clue_lib.runs.scoring import Scores, kept_scores, score
from clue_lib.types import Generation, TaskRun, withheld


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One model's answers to every prompt of a plan, by key, and the folder that holds them."""

    folder: Path
    about: Recording
    answers: dict[str, Generation] = field(repr=False)

    def scored(self, planned: PlannedTask, *, keep: bool = True) -> TaskRun:
        """The scored run; scores that were kept beside the answers are read back, new ones are kept if told so."""
        generations = [self.answers[request.key] for request in planned.requests]
        folder = self.folder / SCORES_FOLDER if keep else None
        return score(
            planned,
            generations,
            model=self.about.model or "",
            engine=self.about.engine.label,
            scores_folder=folder,
        )

    def kept_scores(self, planned: PlannedTask) -> Scores | None:
        """The scores of these answers that an earlier run kept; None where there are none: nothing is computed."""
        generations = [self.answers[request.key] for request in planned.requests]
        return kept_scores(planned, generations, self.folder / SCORES_FOLDER)


def in_store(planned: PlannedTask, root: Path) -> Iterator[Whole]:
    """Every model below the store's folder that answered all of the plan's prompts, in its own order."""
    return _whole(planned, [path.parent for path in sorted(root.glob("*/about.json"))])


def of_model(planned: PlannedTask, spec: ModelSpec, root: Path) -> Iterator[Whole]:
    """Those of the model, which is recognised by its name: one for each engine that it answered on."""
    found = _whole(planned, [Path(spec.location)]) if spec.kind == "replay" else in_store(planned, root)
    return (one for one in found if one.about.model == spec.name)


def _whole(planned: PlannedTask, folders: list[Path]) -> Iterator[Whole]:
    for folder in folders:
        try:
            about = read_recording(folder)
        except ModelError:  # a damaged one is told and written anew by the run that asks that model again
            continue
        if about.engine.is_reordered:
            continue
        answers = engines.read_generations(folder, about)
        if all(request.key in answers for request in planned.requests):
            yield Whole(folder=folder, about=about, answers=answers)
