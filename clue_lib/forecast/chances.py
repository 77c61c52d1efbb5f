"""What a run could detect and certify, before any engine starts: errors, MDE, chances of an equal model. Pure.

All chances are of a candidate as good as its baseline, by the t approximation of each gate's difference.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy import special

from clue_lib import stats
from clue_lib.forecast import sums
from clue_lib.forecast.assumptions import Sample, Spread, Spreads
from clue_lib.judging import RULES, Policy, demanded, profiles
from clue_lib.types import Gate, NotCompared, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one gate could detect. Without a spread it can't be judged, and `reason` says why.

    `mde` is the smallest true drop that would show if this gate were the only one, `mde_corrected` the one that would
    show after the correction for all gates of the run. `holds` is the chance that an equal model's lower bound stays
    above the margin, `stays` that its difference does. `needed` clusters would let it hold with the policy's power;
    None where those there are suffice, or no number would.
    """

    gate: Gate
    spread: Spread | None
    reason: str = ""
    mde: float = math.inf
    mde_corrected: float = math.inf
    holds: float = 0.0
    stays: float = 1.0
    needed: int | None = None


def forecasts(
    gates: Iterable[Gate], spreads: Spreads, samples: Mapping[str, Sample], *, policy: Policy, absent: Mapping[str, str]
) -> tuple[Forecast, ...]:
    """The forecast of every gate that may fail a run; `absent` says why a task has no data (task → reason)."""
    gated = [gate for gate in gates if gate.role != "monitor"]
    with_data = [gate for gate in gated if gate.task in samples]
    expected = [(gate, _spread(gate, spreads, samples, with_data, absent)) for gate in gated]
    confidences = demanded([gate for gate, spread in expected if isinstance(spread, Spread)], policy)
    forecasts = []
    for gate, spread in expected:
        if isinstance(spread, NotCompared):
            forecasts.append(Forecast(gate=gate, spread=None, reason=spread.reason))
        else:
            forecasts.append(forecast(gate, spread, policy, confidence=confidences[gate.id]))
    return tuple(forecasts)


def forecast(gate: Gate, spread: Spread, policy: Policy, *, confidence: float | None = None) -> Forecast:
    """One gate's chances; `confidence` is what the correction demands of its loss, by default the policy's own.

    With fewer clusters than the policy demands it stays undecided: it never holds.
    """
    error, freedom = spread.standard_error, spread.freedom
    if freedom + 1 < policy.min_clusters:
        return Forecast(gate=gate, spread=spread, stays=_stays(gate, spread), needed=policy.min_clusters)
    alone = mde(spread, policy, policy.confidence)
    holds = 1.0
    if error > 0:
        holds = stats.power(gate.margin, standard_error=error, freedom=freedom, confidence=policy.confidence)
    needed = stats.clusters_needed(spread.n_clusters, mde=alone, margin=gate.margin) if alone > gate.margin else None
    return Forecast(
        gate=gate,
        spread=spread,
        mde=alone,
        mde_corrected=mde(spread, policy, confidence or policy.confidence),
        holds=holds,
        stays=_stays(gate, spread),
        needed=needed,
    )


def mde(spread: Spread, policy: Policy, confidence: float) -> float:
    """The smallest true drop that is significant at the confidence with the policy's power; infinite where none is."""
    if spread.freedom + 1 < policy.min_clusters:
        return math.inf
    reach = special.stdtrit(spread.freedom, confidence) + special.stdtrit(spread.freedom, policy.power)
    return float(reach) * spread.standard_error


def of_profiles(forecasts: Sequence[Forecast], samples: Mapping[str, Sample], policy: Policy) -> dict[Profile, float]:
    """The chance that an equal model passes each profile.

    `smoke` and `ci`: one minus the rate of false alarms over the run, which the correction bounds; a lower bound.
    `release`: the product over the primaries' chances to hold, taken as independent, 0 where a gate can't be judged or
    data is bundled. `point`: the product over all gates, taken as independent, which for correlated gates is too low.
    """
    return {profile: _passes(profile, forecasts, samples, policy) for profile in RULES}


def _passes(profile: Profile, forecasts: Sequence[Forecast], samples: Mapping[str, Sample], policy: Policy) -> float:
    judged = [one for one in forecasts if one.spread]
    if not judged:
        return 0.0
    if RULES[profile].by_difference:
        return math.prod(one.stays for one in judged)
    if not RULES[profile].certifies:
        return policy.confidence
    bundled = profiles.bundled({name: sample.tier for name, sample in samples.items()})
    if bundled or len(judged) < len(forecasts):
        return 0.0
    return math.prod(one.holds for one in judged if one.gate.role == "primary")


def _spread(
    gate: Gate,
    spreads: Spreads,
    samples: Mapping[str, Sample],
    with_data: Sequence[Gate],
    absent: Mapping[str, str],
) -> Spread | NotCompared:
    """The error of the gate's difference; that of a gate of the whole run is made of its tasks' errors."""
    if gate.task in absent:
        return NotCompared(reason=absent[gate.task])
    if not gate.is_of_run:
        return spreads[gate.task, gate.metric]
    parts = sums.parts(gate, samples, with_data, spreads)
    if isinstance(parts, NotCompared):
        return parts
    return sums.combined([(weight, spreads[key]) for weight, key in parts])


def _stays(gate: Gate, spread: Spread) -> float:
    """The chance that an equal model's difference is no drop beyond the margin."""
    error = spread.standard_error
    return float(special.stdtr(max(spread.freedom, 1), gate.margin / error)) if error > 0 else 1.0
