"""What a gate's margin is worth on this data: skill kept at it, the drop that shows, and how often models fail. Pure.

A model fails a gate under `ci` where its difference is beyond the margin and significant after the run's correction.
Chances are by the t approximation of the difference, for a model that is worse on this gate by so much, whatever it is
on others: the p of its own gate alone has to pass the correction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy import special

from clue_lib import stats
from clue_lib.forecast.assumptions import Spread
from clue_lib.forecast.chances import Forecast, mde
from clue_lib.judging import Policy
from clue_lib.types import Gate, Signal

DROPS = (0.0, 0.01, 0.03, 0.05)
"""The true losses whose chances are told: of an equal model, and of models one, three and five points worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One gate that may fail a run.

    `mde` is the smallest true drop that would mostly show after the correction, infinite where none would; None where
    the gate can't be judged, for which `reason` says why. `fails` are the chances to fail by `DROPS`, empty then.
    `signal` is the baseline's skill on this data; None where it is not known, or where nothing is measured by skill.
    """

    gate: Gate
    mde: float | None
    fails: tuple[float, ...]
    reason: str = ""
    signal: Signal | None = None

    @property
    def retained(self) -> float | None:
        """The share of the baseline's skill that a model keeps which is worse by the margin; None without skill."""
        if self.signal is None or not self.signal.lower > 0:
            return None
        return 1 - self.gate.margin / self.signal.skill


def explained_gates(
    forecasts: Iterable[Forecast],
    signals: Mapping[str, Signal | None],
    *,
    policy: Policy,
    demanded: Mapping[str, float],
) -> tuple[Explained, ...]:
    """Every forecast gate with its chances; `signals` and the confidences `demanded` of a lone loss are by gate id."""
    return tuple(_explained(one, signals.get(one.gate.id), policy, demanded) for one in forecasts)


def _explained(one: Forecast, signal: Signal | None, policy: Policy, demanded: Mapping[str, float]) -> Explained:
    if one.spread is None:
        return Explained(gate=one.gate, mde=None, fails=(), reason=one.reason, signal=signal)
    confidence = demanded[one.gate.id]
    return Explained(
        gate=one.gate,
        mde=mde(one.spread, policy, confidence),
        fails=tuple(fails(one.gate, one.spread, drop, policy=policy, confidence=confidence) for drop in DROPS),
        signal=signal,
    )


def fails(gate: Gate, spread: Spread, drop: float, *, policy: Policy, confidence: float) -> float:
    """The chance that a model worse by `drop` fails the gate: significant at the confidence, and beyond the margin."""
    error = spread.standard_error
    if spread.freedom + 1 < policy.min_clusters:
        return 0.0
    if error == 0:
        return float(drop > gate.margin)
    significant = stats.power(drop, standard_error=error, freedom=spread.freedom, confidence=confidence)
    is_beyond = float(special.stdtr(spread.freedom, (drop - gate.margin) / error))
    return min(significant, is_beyond)
