"""Verdicts out of the objects that gate.json holds.

What gate.json leaves out, the worst examples and the bounds of the candidate's own value, comes back empty.
"""

import math

import msgspec

from clue_lib.errors import ReportError
from clue_lib.judging import Verdict
from clue_lib.judging.gates import RUN_KINDS
from clue_lib.report.gate_record import Figures, Judged
from clue_lib.types import Assistance, Comparison, Gate, GateKind, Inference, Levels, Signal


class _Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whether something was compared."""

    delta: float | None = None


def decode(raw: bytes | msgspec.Raw) -> Verdict:
    """The verdict of one of gate.json's gates. Raises msgspec.DecodeError or ReportError where it is none."""
    judged = msgspec.json.decode(raw, type=Judged)
    comparison = None
    if msgspec.json.decode(raw, type=_Compared).delta is not None:
        comparison = _comparison(judged, msgspec.json.decode(raw, type=Figures))
    return Verdict(
        gate=_gate(judged),
        outcome=judged.outcome,
        reason=judged.reason,
        ok=judged.ok,
        comparison=comparison,
        p_adjusted=judged.p_adjusted,
    )


def _gate(judged: Judged) -> Gate:
    return Gate(
        id=judged.id,
        task=judged.task,
        metric=judged.metric,
        kind=_read_kind(judged),
        better=judged.better,
        role=judged.role,
        margin=judged.margin,
        reason=judged.margin_reason,
        file=judged.file,
        table=judged.table,
        family=judged.family,
        floor=judged.floor,
        ceiling=judged.ceiling,
    )


def _comparison(judged: Judged, figures: Figures) -> Comparison:
    levels = None
    if figures.baseline is not None and figures.candidate is not None:
        levels = Levels(baseline=figures.baseline, candidate=figures.candidate)
    inference = Inference(
        n_clusters=figures.n_clusters,
        freedom=figures.freedom,
        design_effect=figures.design_effect,
        delta=figures.delta,
        lower=-math.inf if figures.lower is None else figures.lower,
        upper=math.inf if figures.upper is None else figures.upper,
        p=figures.p,
        mde=math.inf if figures.mde is None else figures.mde,
        mde_corrected=math.inf if figures.mde_corrected is None else figures.mde_corrected,
    )
    return Comparison(
        task=judged.task,
        metric=judged.metric,
        tier=figures.tier,
        method=figures.method,
        n=figures.n,
        n_excluded=figures.n_excluded,
        n_worse=figures.n_worse,
        n_better=figures.n_better,
        net_worse=figures.net_worse,
        n_unanswered=figures.n_unanswered,
        inference=inference,
        levels=levels,
        worst=(),
        signature=figures.signature,
        signal=_signal(figures),
        assistance=_assistance(figures),
    )


def _signal(figures: Figures) -> Signal | None:
    if figures.skill is None:
        return None
    lower = -math.inf if figures.skill_lower is None else figures.skill_lower
    return Signal(skill=figures.skill, lower=lower)


def _assistance(figures: Figures) -> Assistance | None:
    if figures.assisted_delta is None:
        return None
    return Assistance(
        delta=figures.assisted_delta,
        lower=-math.inf if figures.assisted_lower is None else figures.assisted_lower,
        upper=math.inf if figures.assisted_upper is None else figures.assisted_upper,
        mde=math.inf if figures.assisted_mde is None else figures.assisted_mde,
        n_all=figures.assisted_n or 0,
        n_earlier=figures.assisted_by or 0,
    )


def _read_kind(judged: Judged) -> GateKind:
    if judged.kind != "run":
        return judged.kind
    if judged.task not in RUN_KINDS:
        raise ReportError(f"{judged.id}: {judged.task} is no group of gates of the whole run")
    return RUN_KINDS[judged.task]
