"""A verdict as gate.json holds it, one flat object: to that shape and back.

What is not known is null: every figure of a gate that was not compared, and a bound that the data does not set. What
gate.json leaves out, the worst examples and the bounds of the candidate's own value, comes back empty.
"""

import math
from typing import Literal

import msgspec

from clue_lib.errors import ReportError
from clue_lib.judging import Verdict
from clue_lib.judging.gates import RUN_KINDS
from clue_lib.report.figures import finite
from clue_lib.types import (
    Comparison,
    Direction,
    Family,
    Gate,
    GateKind,
    Inference,
    Levels,
    Method,
    Outcome,
    Role,
    Tier,
)

WrittenKind = Literal["clue", "own", "run", "failure mode", "other"]


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What every gate has; `margin_reason`, `file`, `table`, `floor` and `ceiling` are the thresholds file's."""

    id: str
    task: str
    metric: str
    kind: WrittenKind
    family: Family | None
    better: Direction
    role: Role
    margin: float
    margin_reason: str
    file: str
    table: str
    floor: float | None
    ceiling: float | None
    outcome: Outcome
    ok: bool
    reason: str
    p_adjusted: float | None


class _Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate has where something was compared."""

    tier: Tier
    method: Method
    n: int
    n_excluded: int
    n_clusters: int
    freedom: float
    design_effect: float
    baseline: float | None
    candidate: float | None
    delta: float
    lower: float | None
    upper: float | None
    p: float
    mde: float | None
    n_worse: int
    n_better: int
    signature: str


class _Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whether something was compared."""

    delta: float | None = None


def encode(verdict: Verdict) -> dict[str, object]:
    """The verdict as plain values by key, in the order of gate.json."""
    figures: dict[str, object] = dict.fromkeys(_Figures.__struct_fields__)
    if verdict.comparison is not None:
        figures = msgspec.to_builtins(_figures(verdict.comparison))
    judged: dict[str, object] = msgspec.to_builtins(_judged(verdict))
    return judged | figures


def decode(raw: bytes | msgspec.Raw) -> Verdict:
    """The verdict of one of gate.json's gates. Raises msgspec.DecodeError or ReportError where it is none."""
    judged = msgspec.json.decode(raw, type=_Judged)
    comparison = None
    if msgspec.json.decode(raw, type=_Compared).delta is not None:
        comparison = _comparison(judged, msgspec.json.decode(raw, type=_Figures))
    return Verdict(
        gate=_gate(judged),
        outcome=judged.outcome,
        reason=judged.reason,
        ok=judged.ok,
        comparison=comparison,
        p_adjusted=judged.p_adjusted,
    )


def _judged(verdict: Verdict) -> _Judged:
    gate = verdict.gate
    return _Judged(
        id=gate.id,
        task=gate.task,
        metric=gate.metric,
        kind=_written_kind(gate.kind),
        family=gate.family,
        better=gate.better,
        role=gate.role,
        margin=gate.margin,
        margin_reason=gate.reason,
        file=gate.file,
        table=gate.table,
        floor=gate.floor,
        ceiling=gate.ceiling,
        outcome=verdict.outcome,
        ok=verdict.ok,
        reason=verdict.reason,
        p_adjusted=verdict.p_adjusted,
    )


def _figures(comparison: Comparison) -> _Figures:
    inference, levels = comparison.inference, comparison.levels
    return _Figures(
        tier=comparison.tier,
        method=comparison.method,
        n=comparison.n,
        n_excluded=comparison.n_excluded,
        n_clusters=inference.n_clusters,
        freedom=inference.freedom,
        design_effect=inference.design_effect,
        baseline=None if levels is None else levels.baseline,
        candidate=None if levels is None else levels.candidate,
        delta=inference.delta,
        lower=finite(inference.lower),
        upper=finite(inference.upper),
        p=inference.p,
        mde=finite(inference.mde),
        n_worse=comparison.n_worse,
        n_better=comparison.n_better,
        signature=comparison.signature,
    )


def _gate(judged: _Judged) -> Gate:
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


def _comparison(judged: _Judged, figures: _Figures) -> Comparison:
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
        inference=inference,
        levels=levels,
        worst=(),
        signature=figures.signature,
    )


def _written_kind(kind: GateKind) -> WrittenKind:
    """The three kinds of gates of the whole run are told apart by their group alone."""
    if kind == "average" or kind == "family" or kind == "pooled":
        return "run"
    return kind


def _read_kind(judged: _Judged) -> GateKind:
    if judged.kind != "run":
        return judged.kind
    if judged.task not in RUN_KINDS:
        raise ReportError(f"{judged.id}: {judged.task} is no group of gates of the whole run")
    return RUN_KINDS[judged.task]
