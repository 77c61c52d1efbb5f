"""What a simulated run of worlds.py is drawn from, and the true losses that candidates are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulated import OPENBIOLLM_8B, SCORES

ACCURACY = {"mednli": 0.67, "nejm": 0.62, "jama": 0.58, "longhealth_1": 0.7, "longhealth_2": 0.6, "longhealth_3": 0.62}
"""What the baseline scores; about Llama-3-8B-Instruct's of June 2024, JAMA's assumed."""
WORDINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run is drawn from; shares in 0..1. `drops` are true losses by "task.metric", of metrics and failure modes.

    `icc` correlates the changes of a patient's answers in LongHealth, half of it those about one of MedNLI's premises
    or MeDiSumQA's letters; `drawing` those of one drawing of LongHealth's letters. A share `question` of LongHealth's
    changes is common to a question's drawings, of which there are `n_drawings`. `wording` is the deviation of the
    candidate's shift between wordings, in points of accuracy and as large a share of a text's score; `n_wordings` are
    asked. With `clumped` failures a tenth of the clusters has all of them, another tenth for each model; `rarer`
    divides their rates.
    """

    churn: float = 0.3
    icc: float = 0.1
    drawing: float = 0.03
    question: float = 0.3
    alike: float = 0.6
    n_drawings: int = 1
    wording: float = 0.0
    n_wordings: int = WORDINGS
    clumped: bool = False
    rarer: float = 1.0
    drops: Mapping[str, float] = field(default_factory=dict)


def worse(points: float) -> dict[str, float]:
    """A loss of so much in every CLUE metric."""
    accuracies = [f"{task}.accuracy" for task in ACCURACY]
    return dict.fromkeys(
        [*accuracies, *(f"{task}.{name}" for task, of_task in SCORES.items() for name in of_task)], points
    )


LOSSES = {
    "1 point everywhere": worse(0.01),
    "2 points everywhere": worse(0.02),
    "3 points everywhere": worse(0.03),
    "5 points everywhere": worse(0.05),
    "JAMA -15": {"jama.accuracy": 0.15},
    "LongHealth 1 -15": {"longhealth_1.accuracy": 0.15},
    "MedNLI -5": {"mednli.accuracy": 0.05},
    "OpenBioLLM-8B's": OPENBIOLLM_8B,
}
