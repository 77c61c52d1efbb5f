"""Whether figures of a gate.json can be true together: those of one gate, and the correction over all gates of a run.

Nothing here depends on how a gate is judged: it holds whatever the rule's version. Only the correction does not.
"""

from collections.abc import Iterator

from clue_lib.judging import Verdict, correct
from clue_lib.report.document import Document
from clue_lib.types import Gate, Inference, Levels

TOLERANCE = 1e-9
"""By how much figures may miss each other: sums in another order differ by rounding, at most some 1e-13."""


def of_gate(verdict: Verdict) -> Iterator[str]:
    """What of a gate's figures can't be true beside its others, a phrase each; nothing where none was compared."""
    comparison = verdict.comparison
    if comparison is None:
        return
    yield from _bounds(comparison.inference)
    yield from _p(comparison.inference.p, verdict.p_adjusted)
    if comparison.levels is not None:
        yield from _levels(verdict.gate, comparison.levels, comparison.inference.delta)


def _bounds(inference: Inference) -> Iterator[str]:
    delta, lower, upper = inference.delta, inference.lower, inference.upper
    if not lower - TOLERANCE <= delta <= upper + TOLERANCE:
        yield f"its difference, {delta:.4g}, is not between its bounds, {lower:.4g} and {upper:.4g}"


def _p(p: float, corrected: float | None) -> Iterator[str]:
    if not 0 <= p <= 1:
        yield f"its p, {p:.4g}, is not between 0 and 1"
    if corrected is None or not p - TOLERANCE <= corrected <= 1:
        told = "none" if corrected is None else f"{corrected:.4g}"
        yield f"its p, {p:.4g}, is {told} after the correction, which only raises it, to 1 at most"


def _levels(gate: Gate, levels: Levels, delta: float) -> Iterator[str]:
    sign = 1 if gate.better == "higher" else -1
    by_levels = sign * (levels.candidate - levels.baseline)
    if abs(by_levels - delta) > TOLERANCE:
        yield f"its difference, {delta:.4g}, is not that of the two models' values, {by_levels:.4g}"


def of_correction(document: Document) -> Iterator[str]:
    """Each gate whose corrected p does not follow from all gates' own p.

    Nothing where the document may lack some of those that were corrected together: gates that were not judged, or were
    and ended in an error.
    """
    verdicts = document.verdicts
    is_whole = len(verdicts) == document.run.n_selected and all(each.outcome != "ERROR" for each in verdicts)
    if not is_whole:
        return
    compared = [(each, each.comparison) for each in verdicts if each.comparison is not None]
    corrected = correct([(verdict.gate, comparison) for verdict, comparison in compared])
    for (verdict, _), p in zip(compared, corrected, strict=True):
        if verdict.p_adjusted is not None and abs(verdict.p_adjusted - p) > TOLERANCE:
            yield f"{verdict.gate.id}: its p is {verdict.p_adjusted:.4g} after the correction, by all gates' p {p:.4g}"
