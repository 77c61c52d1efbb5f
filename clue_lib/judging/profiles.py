"""What each profile demands of a run and what it fails a run for: the one place that says so. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from scipy import special

from clue_lib.errors import OptionError
from clue_lib.judging.thresholds import Policy
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Gate, Outcome, Profile, Tier

HELD: frozenset[Outcome] = frozenset({"IDENTICAL", "IMPROVED", "HELD"})
"""The outcomes by which a primary passes a profile that certifies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a profile demands and fails.

    A gate that is no monitor fails by an outcome in `fails_on`; where the profile is `by_difference`, also by a
    difference beyond its margin, however uncertain. A profile that `certifies` demands that every gate of the
    thresholds file that may fail a run was selected and judged, on real data, and that every primary was held.
    A run that shows no difference, where no task has a signal, says nothing: it is broken where the profile
    `demands_signal`. Where the profile `rejects_early`, a candidate may be stopped before it has answered everything,
    which fails the run (see `judging.early`). `n_drawings`: how often a task that draws contexts draws each of them
    from real data; the noise of drawing is then averaged (`drawings` has the whole rule). `note` is what a pass does
    not say.
    """

    fails_on: frozenset[Outcome]
    by_difference: bool = False
    rejects_early: bool = False
    certifies: bool = False
    demands_signal: bool = True
    n_drawings: int = 1
    note: str = ""


RULES: Mapping[Profile, Rules] = {
    "smoke": Rules(
        fails_on=frozenset({"REGRESSED", "ERROR"}), demands_signal=False, note="a smoke run certifies nothing"
    ),
    "ci": Rules(fails_on=frozenset({"REGRESSED", "NOT REACHED", "ERROR"}), rejects_early=True, n_drawings=3),
    "release": Rules(fails_on=frozenset({"REGRESSED", "ERROR", "NO SIGNAL", "NOT RUN"}), certifies=True, n_drawings=5),
    "point": Rules(fails_on=frozenset({"ERROR"}), by_difference=True, n_drawings=3),
}


def drawings(profile: Profile, tier: Tier, asked: int | None = None) -> int:
    """How often a task that draws contexts draws each of them from data of that tier; `asked` is --repeats.

    Bundled data is drawn from once: it certifies nothing, it tries out the pipeline.
    """
    if asked is not None:
        return asked
    return 1 if tier == "bundled" else RULES[profile].n_drawings


def drawings_by_tier(profile: Profile, asked: int | None = None) -> dict[Tier, int]:
    """How often contexts are drawn from the data of each tier."""
    tiers: tuple[Tier, ...] = get_args(Tier)
    return {tier: drawings(profile, tier, asked) for tier in tiers}


def profile_of(named: Profile | None, limit: int | None) -> Profile:
    """The profile of a run: `ci` where none is named, `smoke` with a limit.

    Raises OptionError where another is named with a limit.
    """
    if limit is None:
        return named or "ci"
    if named not in (None, "smoke"):
        raise OptionError(f"--profile={named} with --limit={limit}: a limited run is smoke; drop one of the two")
    return "smoke"


def fails(profile: Profile, gate: Gate, outcome: Outcome | None, comparison: Comparison | None) -> bool:
    """Whether a gate's outcome fails a run under the profile; a monitor's never does."""
    rules = RULES[profile]
    if gate.role == "monitor":
        return False
    if outcome in rules.fails_on:
        return True
    if comparison is None:
        return False
    if rules.by_difference:
        return comparison.inference.delta < -gate.margin
    is_certified = comparison.tier != "bundled" and (gate.role != "primary" or outcome in HELD)
    return rules.certifies and not is_certified


def bundled(tiers: Mapping[str, Tier]) -> list[str]:
    """The tasks (name → tier of its data) whose data a profile that certifies refuses: bundled, and not monitored."""
    return [name for name, tier in tiers.items() if tier == "bundled" and not _is_monitored(name)]


def _is_monitored(task: str) -> bool:
    """Whether the task is monitored; one that this version does not know, as another's report may hold, is not."""
    return task in TASKS and TASKS[task].is_monitored


def point_fails(compared: Iterable[tuple[Gate, Comparison]], policy: Policy) -> float:
    """The chance that profile `point` fails a model as good as its base, with differences as uncertain as these.

    Errors are taken from the bounds. Gates are taken as independent: correlated ones fail less often.
    """
    stay = 1.0
    for gate, comparison in compared:
        inference = comparison.inference
        if gate.role == "monitor" or not math.isfinite(inference.lower) or inference.freedom <= 0:
            continue
        quantile = float(special.stdtrit(inference.freedom, policy.confidence))
        error = (inference.delta - inference.lower) / quantile
        stay *= float(special.stdtr(inference.freedom, gate.margin / error)) if error > 0 else 1.0
    return 1 - stay
