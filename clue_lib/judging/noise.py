"""How much a model differs from itself when its prompts come in another order, and so in other batches. Pure.

A difference as large as a margin below this noise floor may come from the engine alone.
"""

from collections.abc import Iterable, Sequence

from scipy import special

from clue_lib.errors import NothingMeasured
from clue_lib.judging.compare import measure
from clue_lib.judging.pairing import pair
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Gate, Noise, TaskRun


def of_task(first: TaskRun, second: TaskRun, gates: Iterable[Gate], policy: Policy) -> tuple[Noise, ...]:
    """The noise of every gate of the task that may fail a run; `second` is the same model in the other order.

    Flips are shares of answers. The floor is the larger of the absolute difference and of what its standard error makes
    likely at the policy's confidence; with one cluster the error is unknown and counts as 0. Raises PairingError where
    the runs differ in more than the order.
    """
    texts = [[response.generation.text for response in run.responses] for run in (first, second)]
    text_flips = _share_changed(texts[0], texts[1])
    measured_gates = [gate for gate in gates if gate.role != "monitor"]
    noises = [_of_gate(first, second, gate, policy, text_flips) for gate in measured_gates]
    return tuple(noise for noise in noises if noise is not None)


def _of_gate(first: TaskRun, second: TaskRun, gate: Gate, policy: Policy, text_flips: float) -> Noise | None:
    """The noise on one gate's metric; None where that is undefined for every example."""
    try:
        paired = pair(first, second, gate.metric)
    except NothingMeasured:
        return None
    estimate = measure(paired, confidence=policy.confidence, power=policy.power).estimate
    error = estimate.standard_error if estimate.freedom else 0.0
    reach = float(special.stdtrit(estimate.freedom, policy.confidence)) * error if error else 0.0
    return Noise(
        gate=gate.id,
        n=len(first.responses),
        text_flips=text_flips,
        score_flips=_share_changed(first.scores[gate.metric], second.scores[gate.metric]),
        delta=abs(estimate.delta),
        standard_error=error,
        floor=max(abs(estimate.delta), reach),
        margin=gate.margin,
    )


def _share_changed(first: Sequence[object], second: Sequence[object]) -> float:
    n_changed = sum(one != other for one, other in zip(first, second, strict=True))
    return n_changed / len(first)
