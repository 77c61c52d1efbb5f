"""Sides of a run whose answers another program made: read and matched to the run's prompts before anything is spent."""

from collections.abc import Mapping
from pathlib import Path

from clue_lib.engines import imported as sources
from clue_lib.models import ModelSpec
from clue_lib.runs import PlannedTask
from clue_lib.runs.importing import RENDERED, Matched, match
from clue_lib.session.settings import Settings
from clue_lib.types import Side, Tell

OPTIONS: Mapping[Side, str] = {"baseline": "--baseline", "candidate": "--model"}


def imported(settings: Settings, plan: Mapping[str, PlannedTask], tell: Tell) -> dict[Side, Matched]:
    """The answers of each side that is `import:FILE`. Raises ModelError where they can't be this run's."""
    specs: dict[Side, ModelSpec] = {"baseline": settings.baseline, "candidate": settings.candidate}
    return {side: _matched(spec, side, plan, tell) for side, spec in specs.items() if spec.kind == "import"}


def _matched(spec: ModelSpec, side: Side, plan: Mapping[str, PlannedTask], tell: Tell) -> Matched:
    option = f"{OPTIONS[side]}=import:{spec.location}"
    matched = match(sources.read(Path(spec.location)), list(plan.values()), option=option)
    if matched.n_unused:
        tell(f"{option}: {matched.n_unused} answers to prompts that this run does not ask are not read")
    if "ends unknown" in str(matched.engine.args):
        tell(f"{option}: it does not say which answers were cut off, so that `truncated` can't be compared")
    if RENDERED in str(matched.engine.args):
        tell(f"{option}: its prompts hold this run's in other text, and what that tells the model can't be compared")
    return matched
