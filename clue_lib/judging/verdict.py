"""Judges comparisons by their gates: one outcome each, and what a profile makes of it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clue_lib.judging import explaining, outcomes, profiles
from clue_lib.judging.correction import correct
from clue_lib.judging.thresholds import Policy
from clue_lib.text import printable
from clue_lib.types import Comparison, Gate, Outcome, Profile

MONITORED = "–"
"""What stands in an outcome's place where nothing is decided."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """One gate's outcome, and whether it is `ok` under the run's profile: whether it does not fail the run.

    A monitor that was compared has no outcome: None. `comparison` is None where nothing could be compared. `p_adjusted`
    is its p after the correction over the run.
    """

    gate: Gate
    outcome: Outcome | None
    reason: str
    ok: bool
    comparison: Comparison | None = None
    p_adjusted: float | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the gate fails the run by what was found: one that was not reached does by nothing of its own."""
        return not self.ok and self.outcome != "NOT REACHED"

    def __repr__(self) -> str:
        return f"<{self.word} {self.gate.id}>"

    @property
    def word(self) -> str:
        """The outcome as reports show it."""
        return self.outcome or MONITORED

    def explain(self) -> str:
        """The failure text: what, by how much, against which margin and where that is written, the worst examples."""
        first = f"{self.word} {self.gate.id}: {printable(self.reason)}"
        if self.comparison is None:
            return "\n".join([first, explaining.rule(self.gate)])
        figures = explaining.figures(self.comparison, self.p_adjusted)
        return "\n".join([first, *figures, explaining.rule(self.gate), *explaining.worst_examples(self.comparison)])


def judge(
    comparisons: Iterable[tuple[Gate, Comparison]],
    *,
    policy: Policy,
    profile: Profile,
    waived: Collection[str] = frozenset(),
    is_early: bool = False,
) -> tuple[Verdict, ...]:
    """Judge all gates of a run together, `waived` or not; `is_early` says that some level went to early rejection."""
    pairs = list(comparisons)
    return tuple(
        _verdict(gate, comparison, p, policy, profile, gate.id in waived)
        for (gate, comparison), p in zip(pairs, correct(pairs, is_early=is_early), strict=True)
    )


def unjudged(gate: Gate, profile: Profile, outcome: Outcome, reason: str) -> Verdict:
    """A verdict where there is nothing to compare: NOT RUN, NOT REACHED or ERROR."""
    return Verdict(gate=gate, outcome=outcome, reason=reason, ok=not profiles.fails(profile, gate, outcome, None))


def _verdict(
    gate: Gate, comparison: Comparison, p: float, policy: Policy, profile: Profile, is_waived: bool
) -> Verdict:
    outcome, reason = outcomes.decide(gate, comparison, p, policy)
    ok = not profiles.fails(profile, gate, outcome, comparison)
    if breach := outcomes.breach(gate, comparison):
        ok, reason = gate.role == "monitor", f"{reason}; {breach}"
    if is_waived and not ok:
        ok, reason = True, f"{reason}; waived"
    return Verdict(gate=gate, outcome=outcome, reason=reason, ok=ok, comparison=comparison, p_adjusted=p)
