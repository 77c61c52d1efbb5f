"""Signal: whether a comparison could have shown a loss at all, since the baseline can do the task. Pure.

Two models that can't do a task differ in nothing, and that they do says nothing. A margin above half of the baseline's
skill would let a candidate lose most of what there is: the retained-effect rule of non-inferiority trials (FDA 2016).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from clue_lib import stats
from clue_lib.judging import averages
from clue_lib.judging.thresholds import Policy
from clue_lib.metrics import METRICS
from clue_lib.stats import Part
from clue_lib.tasks import named
from clue_lib.types import Comparison, Gate, Signal, Skill

Skills = Mapping[str, Mapping[str, Skill]]
"""One model's skill by task and CLUE metric; a metric is absent where none can be measured."""

NO_SKILL = Signal(skill=0.0, lower=0.0)
"""Where skill can't be measured, since one cluster holds more than half of the examples, none is granted."""

RETAINED = 0.5
"""The share of its baseline's skill that a candidate must keep at least, margin and all."""


def of_skill(skill: Skill, policy: Policy) -> Signal:
    """The mean of the gains with a one-sided lower bound, cluster-robust, at the policy's confidence."""
    estimate = _part(1.0, skill, policy).estimate
    return Signal(skill=estimate.delta, lower=estimate.lower)


def of_average(weighted: Sequence[tuple[float, Skill]], policy: Policy) -> Signal:
    """The weighted sum of several skills, whose clusters may be shared; weights are positive."""
    estimate = stats.average([_part(weight, skill, policy) for weight, skill in weighted])
    return Signal(skill=estimate.delta, lower=estimate.lower)


def of_gate(skills: Skills, gate: Gate, sizes: Mapping[str, int], policy: Policy) -> Signal | None:
    """The signal of the model with these skills behind a gate; None of what is no CLUE metric and no average of such.

    `sizes` are the tasks' numbers of examples. Every task that the gate needs has an entry in `skills`.
    """
    if gate.is_main_metric:
        known = _of_metric(skills, gate.task, gate.metric)
        return of_skill(known, policy) if known else _without(gate.task)
    if gate.kind != "average":
        return None
    weighted = []
    for (task, metric), weight in averages.weights(gate.metric, sizes).items():
        known = _of_metric(skills, task, metric)
        if known is None:
            return NO_SKILL
        weighted.append((weight, known))
    return of_average(weighted, policy)


def lacks(gate: Gate, comparison: Comparison) -> str:
    """Why this comparison could not have shown a loss; empty where it could, or where no skill was measured."""
    levels, signal = comparison.levels, comparison.signal
    if gate.better == "lower":
        if levels is not None and levels.baseline >= 0.5:
            return f"the baseline itself does this in {100 * levels.baseline:.0f} % of its answers"
        return ""
    if signal is None:
        return ""
    if not signal.lower > 0:
        return f"the baseline shows no skill: {_gain(signal)} on its own golds than on those of other examples"
    if gate.margin > RETAINED * signal.skill:
        margin = f"the margin of {100 * gate.margin:.1f} points"
        return f"{margin} is more than half of the baseline's skill, {100 * signal.skill:.1f} points"
    return ""


def lacks_in_both(signal: Signal | None) -> str:
    """Why even a better score says nothing: neither model can do the task. Empty where one can, or it is not known."""
    if signal is None or signal.lower > 0 or signal.candidate_lower is None or signal.candidate_lower > 0:
        return ""
    return "neither model shows skill: what they answer scores as well on the golds of other examples"


def _of_metric(skills: Skills, task: str, metric: str) -> Skill | None:
    """The skill on the metric, or on the task's first one that looks at golds where this one does not."""
    of_task = skills[task]
    if METRICS[metric].uses_gold:
        return of_task.get(metric)
    return next(iter(of_task.values()), None)


def _without(task: str) -> Signal | None:
    """Where no skill was measured: none is granted, unless no metric of the task looks at a gold."""
    metrics: Sequence[str] = named(task).clue_metrics
    return NO_SKILL if any(METRICS[metric].uses_gold for metric in metrics) else None


def _gain(signal: Signal) -> str:
    """How much better it scores."""
    if signal.skill <= 0:
        return "it scores no better"
    lowest = f"at least {100 * signal.lower:.1f}" if math.isfinite(signal.lower) else "with no lower bound"
    return f"it scores {100 * signal.skill:.1f} points better ({lowest.replace('-', '−')})"


def _part(weight: float, skill: Skill, policy: Policy) -> Part:
    effect = stats.mean_effect(np.array(skill.gains), np.array(skill.clusters))
    estimate = stats.skewed(effect, confidence=policy.confidence, power=policy.power)
    return Part(weight=weight, effect=effect, estimate=estimate)
