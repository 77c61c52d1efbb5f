"""How much a model differs from itself when its prompts come in another order, and so in other batches. Pure.

What a margin below this noise floor calls a difference, the engine alone may have made.
"""

from collections.abc import Iterable, Sequence

from scipy import special

from clue_lib.errors import PairingError
from clue_lib.judging.compare import measure
from clue_lib.judging.pairing import pair
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Gate, Noise, TaskRun


def of_task(first: TaskRun, second: TaskRun, gates: Iterable[Gate], policy: Policy) -> tuple[Noise, ...]:
    """The noise of every gate of the task that may fail a run; `second` is the same model in the other order.

    Shares are of answers. The floor is the larger of |difference| and what the standard error makes of it at the
    policy's confidence; infinite errors, of one cluster, count as none. Raises PairingError where the runs differ.
    """
    texts = [[response.generation.text for response in run.responses] for run in (first, second)]
    found = []
    for gate in (gate for gate in gates if gate.role != "monitor"):
        try:
            measured = measure(pair(first, second, gate.metric), confidence=policy.confidence, power=policy.power)
        except PairingError:  # it says nothing of any example
            continue
        scores = first.scores[gate.metric], second.scores[gate.metric]
        estimate, delta = measured.estimate, abs(measured.estimate.delta)
        error = estimate.standard_error if estimate.freedom else 0.0
        reach = float(special.stdtrit(estimate.freedom, policy.confidence)) * error if error else 0.0
        found.append(
            Noise(
                gate=gate.id,
                n=len(texts[0]),
                text_flips=_share_changed(*texts),
                score_flips=_share_changed(*scores),
                delta=delta,
                standard_error=error,
                floor=max(delta, reach),
                margin=gate.margin,
            )
        )
    return tuple(found)


def _share_changed(ours: Sequence[object], theirs: Sequence[object]) -> float:
    return sum(one != other for one, other in zip(ours, theirs, strict=True)) / len(ours)
