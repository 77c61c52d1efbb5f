"""From scored runs to a verdict on every gate."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from clue_lib.errors import NothingMeasured
from clue_lib.judging import RULES, Measures, Verdict, compare_over_tasks, demanded, judge, profiles, unjudged
from clue_lib.session.skills import signal_of
from clue_lib.session.stages import Answered, Judged, Pairs
from clue_lib.types import Comparison, Gate, NotCompared, Signal, TaskRun

Compared = tuple[Gate, Comparison | NotCompared]
"""A gate with its comparison, or with the reason why there is none."""

REJECTED = "the candidate was rejected early, before all answers were in"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What need not be found out anew for each of several candidates of one base."""

    measures: Measures
    signals: dict[str, Signal | None] = field(default_factory=dict)


def known_of(answered: Answered) -> Known:
    """Nothing yet. A drop will have to show at the confidence that the correction demands of a lone one."""
    prepared = answered.prepared
    policy = prepared.settings.thresholds.policy
    judged = [gate for gate in prepared.gates if gate.task not in prepared.missing]
    confidences = demanded(judged, policy, is_early=answered.info.early.is_in_force)
    corrected = {(gate.task, gate.metric): confidences[gate.id] for gate in judged}
    return Known(measures=Measures(policy, corrected=corrected))


def judge_run(answered: Answered, known: Known | None = None) -> Judged:
    """Compare both models on every gate and judge them together; what could not be compared is NOT RUN or NOT REACHED.

    Several candidates of one base may share what is `known`. Raises PairingError where the two models' runs differ in
    more than the model.
    """
    settings = answered.prepared.settings
    policy, profile = settings.thresholds.policy, settings.profile
    compared: list[tuple[Gate, Comparison]] = []
    verdicts: list[Verdict] = []
    for gate, result in _compared(answered, known or known_of(answered)):
        if isinstance(result, NotCompared):
            verdicts.append(unjudged(gate, profile, result.outcome, result.reason))
        else:
            compared.append((gate, result))
    waived = {waiver.gate for waiver in settings.thresholds.waivers}
    is_early = answered.info.early.is_in_force
    verdicts += judge(compared, policy=policy, profile=profile, waived=waived, is_early=is_early)
    by_gate = {verdict.gate.id: verdict for verdict in verdicts}
    by_difference = RULES[profile].by_difference and bool(compared)
    equal_fails = profiles.point_fails(compared, policy) if by_difference else None
    return Judged(
        verdicts={gate.id: by_gate[gate.id] for gate in answered.prepared.gates},
        info=dataclasses.replace(answered.info, equal_fails=equal_fails),
    )


def _compared(answered: Answered, known: Known) -> Iterator[Compared]:
    """Every gate's comparison; the tasks' gates first, then those over tasks."""
    prepared = answered.prepared
    pairs: dict[str, tuple[TaskRun, TaskRun]] = {}
    for task, pair in answered.pairs.items():
        too_long = _no_context(pair)
        if not too_long:
            pairs[task] = pair
        for gate in (gate for gate in prepared.gates if gate.task == task):
            yield gate, NotCompared(reason=too_long) if too_long else _of_task(answered, gate, known)
    for gate in prepared.gates:
        if answered.info.early.is_rejected and (gate.is_of_run or gate.task in prepared.plan.keys() - answered.pairs):
            yield gate, NotCompared(reason=REJECTED, outcome="NOT REACHED")
        elif gate.is_of_run:
            yield gate, _over_tasks(answered, gate, pairs, known)
        elif gate.task in prepared.missing:
            yield gate, NotCompared(reason=prepared.missing[gate.task])


def _of_task(answered: Answered, gate: Gate, known: Known) -> Comparison | NotCompared:
    baseline, candidate = answered.pairs[gate.task]
    try:
        comparison = known.measures.compare(baseline, candidate, gate.metric)
    except NothingMeasured as error:
        return NotCompared(reason=str(error))
    return _with_signal(answered, gate, comparison, known)


def _over_tasks(answered: Answered, gate: Gate, pairs: Pairs, known: Known) -> Comparison | NotCompared:
    settings = answered.prepared.settings
    result = compare_over_tasks(
        gate, pairs, gates=settings.thresholds.gates, measures=known.measures, seed=settings.seed
    )
    return result if isinstance(result, NotCompared) else _with_signal(answered, gate, result, known)


def _with_signal(answered: Answered, gate: Gate, comparison: Comparison, known: Known) -> Comparison:
    if gate.id not in known.signals:
        known.signals[gate.id] = signal_of(answered, gate, answered.prepared.settings.thresholds.policy)
    return dataclasses.replace(comparison, signal=known.signals[gate.id])


def _no_context(pair: Iterable[TaskRun]) -> str:
    """Why a task does not count, where prompts did not fit a model's context; else nothing."""
    for run in pair:
        lengths = [
            response.generation.n_prompt_tokens
            for response in run.responses
            if response.generation.finish_reason == "context"
        ]
        if lengths:
            return f"{run.model}: {len(lengths)} prompts of up to {max(lengths)} tokens do not fit its context"
    return ""
