"""The expected error of a figure over several tasks, made of the errors of its parts. Pure."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from clue_lib.forecast.assumptions import Sample, Spread, assumed
from clue_lib.judging import averages, together
from clue_lib.judging.averages import Key
from clue_lib.judging.whole_run import members
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, NotCompared

Parts = list[tuple[float, Key]]
"""What a gate over several tasks sums: weights, which sum to 1, and (task, metric) or (task, family)."""


def parts(
    gate: Gate, samples: Mapping[str, Sample], gates: Sequence[Gate], spreads: Mapping[Key, Spread]
) -> Parts | NotCompared:
    """What a gate over several tasks will sum, or why it can't be judged; `samples` are of the tasks that have data."""
    tiers = {name: sample.tier for name, sample in samples.items()}
    if gate.kind != "average":
        groups = members(gate, together.counted(tiers), gates)
        weighted = _normalised(groups, spreads) if gate.kind == "pooled" else averages.equally(groups)
        return weighted or NotCompared(reason=f"no task that has data counts towards {gate.id}")
    tasks = averages.tasks_in(gate.metric)
    if missing := [name for name in tasks if name not in samples]:
        return NotCompared(reason=f"it needs {', '.join(missing)}, which have no data")
    if together.is_mixed(tiers[name] for name in tasks):
        return NotCompared(reason="bundled and real data are not averaged together")
    weights = averages.weights(gate.metric, {name: sample.n for name, sample in samples.items()})
    return [(weight, key) for key, weight in weights.items()]


def _normalised(groups: Sequence[Sequence[Key]], spreads: Mapping[Key, Spread]) -> Parts:
    """As the pooled test weighs them: each group over its expected error, in it each metric the same."""
    weighted: Parts = []
    for group in groups:
        error = combined([(1 / len(group), spreads[key]) for key in group]).standard_error
        weighted += [(1 / len(group) / error, key) for key in group] if error > 0 else []
    total = sum(weight for weight, _ in weighted)
    return [(weight / total, key) for weight, key in weighted] or averages.equally(groups)


def combined(summands: Sequence[tuple[float, Spread]]) -> Spread:
    """The spread of a weighted sum of differences, with the assumed correlations within tasks and groups.

    Degrees of freedom are Satterthwaite's over groups, each with the fewest of its parts.
    """
    errors = np.array([weight * spread.standard_error for weight, spread in summands])
    tasks = [spread.task for _, spread in summands]
    correlation = np.array([[_correlation(one, other) for other in tasks] for one in tasks])
    np.fill_diagonal(correlation, 1.0)
    covariance = correlation * np.outer(errors, errors)
    groups = _by_group(tasks)
    variances = np.array([covariance[np.ix_(places, places)].sum() for places in groups])
    fewest = np.array([min(summands[place][1].freedom for place in places) for places in groups])
    uncertainty = float((variances**2 / np.maximum(fewest, 1)).sum())
    return Spread(
        task="",
        standard_error=math.sqrt(variances.sum()),
        freedom=float(variances.sum() ** 2 / uncertainty) if uncertainty > 0 else float(fewest.min()),
        n_clusters=sum(max(summands[place][1].n_clusters for place in places) for places in groups),
        is_stored=all(spread.is_stored for _, spread in summands),
    )


def _by_group(tasks: Sequence[str]) -> list[list[int]]:
    """The places of each group's tasks; a task without a group is one of its own."""
    places: dict[str, list[int]] = {}
    for place, task in enumerate(tasks):
        places.setdefault(_group(task), []).append(place)
    return list(places.values())


def _group(task: str) -> str:
    return TASKS[task].group or task


def _correlation(one: str, other: str) -> float:
    """The assumed correlation of the differences on two metrics, by the tasks that they belong to."""
    if one == other:
        return assumed().within_task
    return assumed().within_group if _group(one) == _group(other) else 0.0
