"""Which verdicts a short report shows, and what it shows first."""

from typing import TYPE_CHECKING

from clue_lib.judging import Verdict
from clue_lib.types import Gate

if TYPE_CHECKING:
    from clue_lib.report.document import Document


def is_main(gate: Gate) -> bool:
    """Whether the gate is of what every report shows: main metrics and the figures of the whole run."""
    return gate.is_of_run or gate.is_main_metric


def has_moved(verdict: Verdict) -> bool:
    """Whether a reader must see it: it fails or ended in an error, surely changed, or dropped beyond its margin."""
    if verdict.has_failed or verdict.outcome in {"REGRESSED", "IMPROVED", "ERROR"}:
        return True
    if verdict.comparison is None:
        return False
    inference = verdict.comparison.inference
    return inference.delta < -verdict.gate.margin or inference.upper < 0


def is_shown(verdict: Verdict) -> bool:
    """Whether a short table shows it: main metrics and those of the whole run always, others if moved."""
    return is_main(verdict.gate) or has_moved(verdict)


def compared_failure_modes(document: "Document") -> list[Verdict]:
    """Failure modes and families of them, in the document's order, without what could not be compared."""
    modes = [verdict for verdict in document.verdicts if verdict.gate.better == "lower"]
    return [verdict for verdict in modes if verdict.comparison is not None]
