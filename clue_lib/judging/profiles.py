"""What each profile demands of a run and fails it for. Pure."""

import math
from collections.abc import Iterable

from scipy import special

from clue_lib.judging.thresholds import Policy
from clue_lib.types import Comparison, Gate, Outcome, Profile

HELD: frozenset[Outcome] = frozenset({"IDENTICAL", "IMPROVED", "HELD"})
"""The outcomes by which a primary passes `release`."""

RELEASE_REPEATS = 5
"""Drawings of each LongHealth context in `release`: what the drawing adds to the noise is averaged over them."""


def n_repeats(profile: Profile) -> int:
    """How often a task that draws contexts draws each of them."""
    return RELEASE_REPEATS if profile == "release" else 1


def fails(profile: Profile, gate: Gate, outcome: Outcome, comparison: Comparison | None) -> bool:
    """Whether the outcome of a gate that is no monitor fails a run under the profile."""
    if outcome == "ERROR":
        return True
    if profile == "point":
        return comparison is not None and comparison.delta < -gate.margin
    if outcome == "REGRESSED":
        return True
    if profile != "release":
        return False
    bundled = comparison is not None and comparison.tier == "bundled"
    return outcome == "NOT RUN" or bundled or (gate.role == "primary" and outcome not in HELD)


def point_fails(compared: Iterable[tuple[Gate, Comparison]], policy: Policy) -> float:
    """The chance that profile `point` fails a model as good as its base, with differences as uncertain as these.

    The errors are those that the bounds bear. Gates are taken as independent: correlated ones fail more seldom.
    """
    stay = 1.0
    for gate, found in compared:
        if gate.role != "monitor" and math.isfinite(found.lower) and found.freedom > 0:
            error = (found.delta - found.lower) / float(special.stdtrit(found.freedom, policy.confidence))
            stay *= float(special.stdtr(found.freedom, gate.margin / error)) if error > 0 else 1.0
    return 1 - stay
