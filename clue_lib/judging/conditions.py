"""What two runs must have in common before they are compared. Pure."""

from clue_lib.errors import PairingError
from clue_lib.types import TaskRun


def check_pairing(baseline: TaskRun, candidate: TaskRun) -> None:
    """Raise PairingError unless the runs may be compared."""
    if len(baseline.responses) == 0:
        raise PairingError(f"{baseline.task}: no examples; nothing can be compared")
    conditions = {
        "example ids": (_ids(baseline), _ids(candidate)),
        "gold answers": (baseline.gold_digests, candidate.gold_digests),
        "prompts": (baseline.prompt_digests, candidate.prompt_digests),
        "engine": (baseline.engine, candidate.engine),
        "scoring": (baseline.signatures, candidate.signatures),
    }
    for what, (of_baseline, of_candidate) in conditions.items():
        if of_baseline != of_candidate:
            detail = f" ({of_baseline} against {of_candidate})" if what == "engine" else ""
            raise PairingError(
                f"{baseline.task}: {baseline.model} and {candidate.model} differ in {what}{detail}; run both with the "
                "same settings"
            )


def _ids(run: TaskRun) -> list[tuple[str, int]]:
    return [(response.example.id, response.example.repeat) for response in run.responses]
