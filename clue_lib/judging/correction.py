"""The correction for many gates: how a run's level is split, and what each gate's p becomes. Pure.

A run may err at one level α, one minus the policy's confidence: a model as good as its base fails a gate by chance in
at most a share α of runs. α is split into three families of gates, so that many failure modes don't cost the quality
gates their power. Each family controls the chance of any false alarm in it (the familywise error rate, in the strong
sense: whichever of its gates truly lost) at its own part, and by Bonferroni's inequality all together at α.

Quality: a task's metrics mostly fall together, and Simes' test of "none of them fell" asks for less than Bonferroni's.
To say which metric fell, a closed test is needed: a metric is called fallen if every set of metrics that holds it is
rejected. A set is rejected at level a where, for one of the k tasks that it touches, Simes' p of its metrics of that
task is at most a / k. That test is valid by Bonferroni over tasks, and Simes' inequality within one, which holds for
metrics that are positively dependent (Sarkar 1998, Ann Stat 26:494). Of all sets that hold a metric, the hardest to
reject takes of its own task the one that Hommel's procedure (1988, Biometrika 75:383) looks for, and of another task
the metric with the largest p alone. So the adjusted p is Holm's, of Hommel's p of the metric among the largest p of the
other tasks (`stats.hommel_in_groups`).

It is not enough to apply Holm to the tasks' Simes p and then Hommel in each task at the level that Holm leaves: Holm
would count a task as done once one of its metrics fell, while another, which did not fall, may still raise a false
alarm. With ten tasks of each of which one metric is ruined and one is as good as before, that errs in 2.9 times as many
runs (α Σ 1 / k). Here a task is done once all of its metrics fell.

Failure modes, and what is judged over the whole run: Holm's procedure (1979).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clue_lib import stats
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Comparison, Gate

Family = Literal["quality", "failure modes", "whole run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Which share of a run's level each family of gates has, and early rejection; together 1."""

    quality: float
    failure_modes: float
    whole_run: float
    early: float = 0.0

    def of(self, family: Family) -> float:
        """The family's share."""
        return {"quality": self.quality, "failure modes": self.failure_modes, "whole run": self.whole_run}[family]


WHOLE = Split(quality=0.6, failure_modes=0.2, whole_run=0.2)
"""Of 0.05: 0.03, 0.01 and 0.01."""

WITH_EARLY = Split(quality=0.48, failure_modes=0.16, whole_run=0.16, early=0.2)
"""Where a candidate may be rejected early: 4/5 of each, 0.024, 0.008 and 0.008, and 0.01 for that."""


def split_of(*, is_early: bool) -> Split:
    """The split of a run in which a candidate may be rejected early, or of any other."""
    return WITH_EARLY if is_early else WHOLE


def family_of(gate: Gate) -> Family:
    """The family of gates that are corrected together."""
    if gate.is_of_run:
        return "whole run"
    return "failure modes" if gate.kind == "failure mode" else "quality"


def correct(pairs: Sequence[tuple[Gate, Comparison]], *, is_early: bool = False) -> list[float]:
    """Each comparison's p after the correction over every gate that may fail a run: to be held against α.

    It is never below the comparison's own p, and 1 at most. A monitor's stays what it is. `pairs` are all that were
    compared in the run; `is_early` says whether a candidate might have been rejected early in it.
    """
    split = split_of(is_early=is_early)
    adjusted = np.array([comparison.inference.p for _, comparison in pairs])
    for family, groups in _families([gate for gate, _ in pairs]).items():
        by_group = stats.hommel_in_groups([adjusted[places] for places in groups])
        for places, p in zip(groups, by_group, strict=True):
            adjusted[places] = np.minimum(p / split.of(family), 1.0)
    return [float(p) for p in adjusted]


def demanded(gates: Iterable[Gate], policy: Policy, *, is_early: bool = False) -> dict[str, float]:
    """The confidence that a loss must reach which is the only one of its run, by gate id.

    `gates` are all that will be judged. A monitor has that of the gates beside it.
    """
    split, alpha = split_of(is_early=is_early), 1 - policy.confidence
    gates = list(gates)
    groups = _families(gates)
    confidences = {}
    for gate in gates:
        family = family_of(gate)
        of_family = groups.get(family, [])
        beside = [len(places) for places in of_family if gates[places[0]].task == gate.task]
        n_beside = max(beside, default=1)  # more than 1 only among a task's metrics
        confidences[gate.id] = 1 - alpha * split.of(family) / max(1, len(of_family)) / n_beside
    return confidences


def _families(gates: Sequence[Gate]) -> dict[Family, list[list[int]]]:
    """The places of the gates that may fail a run, by family, in groups: of quality by task, else each by itself.

    Among groups of one, the procedure is Holm's.
    """
    families: dict[Family, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, gate in enumerate(gates):
        if gate.role != "monitor":
            family = family_of(gate)
            families[family][gate.task if family == "quality" else gate.id].append(place)
    return {family: list(groups.values()) for family, groups in families.items()}
