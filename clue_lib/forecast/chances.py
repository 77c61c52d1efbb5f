"""What a run could see and hold, before any engine starts: errors, MDE and chances of an equal model. Pure.

All chances are of a candidate as good as its baseline, by the t approximation of each gate's difference.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from clue_lib import stats
from clue_lib.forecast.assumptions import Sample, Spread, Spreads, assumed
from clue_lib.judging.thresholds import WHOLE_RUN, Policy
from clue_lib.judging.whole_run import FAMILIES
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one gate could see. Without a spread it can't be judged, and `reason` says why.

    `holds` is the chance that an equal model's lower bound stays above the margin, `stays` that its difference does.
    `needed` clusters would let it hold with the policy's power; None where these suffice, or none would.
    """

    gate: Gate
    spread: Spread | None
    reason: str = ""
    mde: float = math.inf
    holds: float = 0.0
    stays: float = 1.0
    needed: int | None = None


def forecasts(
    gates: Iterable[Gate], spreads: Spreads, samples: Mapping[str, Sample], *, policy: Policy, absent: Mapping[str, str]
) -> tuple[Forecast, ...]:
    """Every gate that may fail a run; `absent` says of tasks without data why they have none."""
    kept = [gate for gate in gates if gate.role != "monitor"]
    found = []
    for gate in kept:
        if gate.task in absent:
            found.append(Forecast(gate=gate, spread=None, reason=absent[gate.task]))
        elif gate.task not in WHOLE_RUN:
            found.append(forecast(gate, spreads[gate.task, gate.metric], policy))
        else:
            parts = _parts(gate, samples, [g for g in kept if g.task in samples])
            if isinstance(parts, str):
                found.append(Forecast(gate=gate, spread=None, reason=parts))
            else:
                found.append(forecast(gate, combined([(weight, spreads[key]) for weight, key in parts]), policy))
    return tuple(found)


def forecast(gate: Gate, spread: Spread, policy: Policy) -> Forecast:
    """One gate's chances. With fewer clusters than the policy demands it decides nothing, and holds never."""
    error, freedom = spread.standard_error, spread.freedom
    if freedom + 1 < policy.min_clusters:
        return Forecast(gate=gate, spread=spread, stays=_stays(gate, spread), needed=policy.min_clusters)
    reach = float(special.stdtrit(freedom, policy.confidence) + special.stdtrit(freedom, policy.power))
    mde = reach * error
    holds = 1.0
    if error > 0:
        holds = stats.power(gate.margin, standard_error=error, freedom=freedom, confidence=policy.confidence)
    is_short = mde > gate.margin > 0
    return Forecast(
        gate=gate,
        spread=spread,
        mde=mde,
        holds=holds,
        stays=_stays(gate, spread),
        needed=math.ceil(spread.n_clusters * (mde / gate.margin) ** 2) if is_short else None,
    )


def combined(parts: Sequence[tuple[float, Spread]]) -> Spread:
    """The spread of a weighted sum of differences, with the assumed correlations within tasks and groups.

    Degrees of freedom are Satterthwaite's over groups, each with the fewest of its parts.
    """
    errors = np.array([weight * spread.standard_error for weight, spread in parts])
    tasks = [spread.task for _, spread in parts]
    correlation = np.array([[_correlation(ours, theirs) for theirs in tasks] for ours in tasks])
    np.fill_diagonal(correlation, 1.0)
    covariance = correlation * np.outer(errors, errors)
    by_group: dict[str, list[int]] = {}
    for i, task in enumerate(tasks):
        by_group.setdefault(_group(task), []).append(i)
    variances = np.array([covariance[np.ix_(rows, rows)].sum() for rows in by_group.values()])
    fewest = np.array([min(parts[i][1].freedom for i in rows) for rows in by_group.values()])
    uncertain = float((variances**2 / np.maximum(fewest, 1)).sum())
    return Spread(
        task="",
        standard_error=math.sqrt(variances.sum()),
        freedom=float(variances.sum() ** 2 / uncertain) if uncertain > 0 else float(fewest.min()),
        n_clusters=sum(max(parts[i][1].n_clusters for i in rows) for rows in by_group.values()),
        is_stored=all(spread.is_stored for _, spread in parts),
    )


def of_profiles(found: Sequence[Forecast], samples: Mapping[str, Sample], policy: Policy) -> dict[Profile, float]:
    """The chance that an equal model passes each profile.

    `smoke` and `ci`: one less the false alarms over the run, which Holm bounds; a lower bound. `release`: the product
    over the primaries' chances to hold, taken as independent, 0 where a gate can't be judged or data is bundled.
    `point`: the product over all gates, taken as independent, which for correlated gates is too low.
    """
    judged = [one for one in found if one.spread]
    is_complete = len(judged) == len(found) and all(
        sample.tier != "bundled" for sample in samples.values() if TASKS[sample.task].level != "monitored"
    )
    alarms = policy.confidence if judged else 0.0
    return {
        "smoke": alarms,
        "ci": alarms,
        "release": math.prod(one.holds for one in judged if one.gate.role == "primary") if is_complete else 0.0,
        "point": math.prod(one.stays for one in judged) if judged else 0.0,
    }


def _stays(gate: Gate, spread: Spread) -> float:
    """P(difference ≥ −margin)."""
    error = spread.standard_error
    return float(special.stdtr(max(spread.freedom, 1), gate.margin / error)) if error > 0 else 1.0


def _group(task: str) -> str:
    return TASKS[task].group or task


def _correlation(ours: str, theirs: str) -> float:
    if ours == theirs:
        return assumed().within_task
    return assumed().within_group if _group(ours) == _group(theirs) else 0.0


def _parts(
    gate: Gate, samples: Mapping[str, Sample], gates: Sequence[Gate]
) -> list[tuple[float, tuple[str, str]]] | str:
    """Weights and keys of what a gate over several tasks sums, as `judging.whole_run` does; or why it can't."""
    counted = {name: sample for name, sample in samples.items() if TASKS[name].level != "monitored"}
    if gate.task == "averages":
        return _of_average(gate, counted)
    alike = {name: s for name, s in counted.items() if s.tier != "bundled"} or counted
    if gate.task == "families":
        family: str = FAMILIES[gate.metric]
        groups: list[list[tuple[str, str]]] = [
            [(name, family)] for name in alike if any(METRICS[m].family == family for m in TASKS[name].metrics)
        ]
    else:
        groups = [[(name, g.metric) for g in gates if g.task == name] for name in alike]
    groups = [group for group in groups if group]
    return _weighted(groups) if groups else f"no task that has data counts towards {gate.id}"


def _of_average(gate: Gate, samples: Mapping[str, Sample]) -> list[tuple[float, tuple[str, str]]] | str:
    tasks = [task for task in TASKS.values() if task.level == gate.metric]
    if missing := [task.name for task in tasks if task.name not in samples]:
        return f"it needs {', '.join(missing)}, which have no data"
    if len({samples[task.name].tier == "bundled" for task in tasks}) > 1:
        return "bundled and other data are not averaged together"
    if gate.metric == "case_challenges":
        n = sum(samples[task.name].n for task in tasks)
        return [(samples[task.name].n / n, (task.name, "accuracy")) for task in tasks]
    groups: dict[str, list[tuple[str, str]]] = {}
    for task in tasks:
        groups.setdefault(_group(task.name), []).extend((task.name, metric) for metric in task.clue_metrics)
    return _weighted(list(groups.values()))


def _weighted(groups: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[float, tuple[str, str]]]:
    return [(1 / len(groups) / len(group), key) for group in groups for key in group]
