"""Gains that are none: a model that says less also invents less."""

from collections.abc import Sequence

from clue_lib.judging import Verdict
from clue_lib.judging.gates import FAMILIES
from clue_lib.metrics import METRICS


def hollow(verdicts: Sequence[Verdict]) -> str:
    """That hallucination improved only where quality was lost, in a sentence; empty where it did not, or was not.

    Quality is what tasks are measured by: it was lost where such a metric regressed, or where none had a signal.
    """
    fewer = [one.gate.id for one in verdicts if one.outcome == "IMPROVED" and _counts_inventions(one)]
    if not fewer:
        return ""
    outcomes = {one.outcome for one in verdicts if one.gate.is_main_metric and one.gate.role != "monitor"}
    if "REGRESSED" not in outcomes and outcomes != {"NO SIGNAL"}:
        return ""
    names = fewer[0] if len(fewer) == 1 else f"{len(fewer)} gates, first {fewer[0]}"
    return f"IMPROVED in {names} means fewer inventions, not better answers: who says less invents less."


def _counts_inventions(verdict: Verdict) -> bool:
    """Whether the gate is of hallucinations: one kind of them, or the family."""
    if verdict.gate.kind == "family":
        return FAMILIES[verdict.gate.metric] == "hallucination"
    metric = METRICS.get(verdict.gate.metric)
    return metric is not None and metric.family == "hallucination"
