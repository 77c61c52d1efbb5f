"""A verdict as gate.json holds it: one flat object, the fields of `Judged` and then those of `Figures`.

What is not known is null: every figure of a gate that was not compared, and a bound that the data does not set.
`gate_reading` makes verdicts out of such objects again.
"""

from typing import Literal

import msgspec

from clue_lib.judging import Verdict
from clue_lib.report.figures import finite
from clue_lib.types import Comparison, Direction, Family, GateKind, Method, Outcome, Role, Tier

WrittenKind = Literal["clue", "own", "run", "failure mode", "other"]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
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
    outcome: Outcome | None
    ok: bool
    reason: str
    p_adjusted: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate has where something was compared; in limited runs also what is assisted, which judges nothing.

    `assisted_n` examples had stored scores, of the baseline and of `assisted_by` earlier candidates.
    """

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
    mde_corrected: float | None
    n_worse: int
    n_better: int
    net_worse: float
    n_unanswered: int
    signature: str
    skill: float | None = None
    skill_lower: float | None = None
    assisted_delta: float | None = None
    assisted_lower: float | None = None
    assisted_upper: float | None = None
    assisted_mde: float | None = None
    assisted_n: int | None = None
    assisted_by: int | None = None


def encode(verdict: Verdict) -> dict[str, object]:
    """The verdict as plain values by key, in the order of gate.json."""
    figures: dict[str, object] = dict.fromkeys(Figures.__struct_fields__)
    if verdict.comparison is not None:
        figures = msgspec.to_builtins(_figures(verdict.comparison))
    judged: dict[str, object] = msgspec.to_builtins(_judged(verdict))
    return judged | figures


def _judged(verdict: Verdict) -> Judged:
    gate = verdict.gate
    return Judged(
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


def _figures(comparison: Comparison) -> Figures:
    inference, levels, assistance = comparison.inference, comparison.levels, comparison.assistance
    return Figures(
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
        mde_corrected=finite(inference.mde_corrected),
        n_worse=comparison.n_worse,
        n_better=comparison.n_better,
        net_worse=comparison.net_worse,
        n_unanswered=comparison.n_unanswered,
        signature=comparison.signature,
        skill=None if comparison.signal is None else comparison.signal.skill,
        skill_lower=None if comparison.signal is None else finite(comparison.signal.lower),
        assisted_delta=None if assistance is None else assistance.delta,
        assisted_lower=None if assistance is None else finite(assistance.lower),
        assisted_upper=None if assistance is None else finite(assistance.upper),
        assisted_mde=None if assistance is None else finite(assistance.mde),
        assisted_n=None if assistance is None else assistance.n_all,
        assisted_by=None if assistance is None else assistance.n_earlier,
    )


def _written_kind(kind: GateKind) -> WrittenKind:
    """The three kinds of gates of the whole run are told apart by their group alone."""
    if kind == "average" or kind == "family" or kind == "pooled":
        return "run"
    return kind
