"""Pairs of 0/1 scores: exact McNemar test, and score bounds that hold where hardly any example changes."""

import functools
import math

import numpy as np
import numpy.typing as npt
from scipy import special

from clue_lib.stats._effect import LEAST_ICC, Effect, Estimate, Floats, t_test

Counts = npt.NDArray[np.int64]

LATENT_CORRELATION = 0.1
"""The correlation that the MDE assumes between the tendencies of a cluster's answers to change: the few changes that
were seen can't show how more of them would cluster.

Drops of the stated MDE in LongHealth's failure modes (20 patients) are then found in 74 to 87 % of runs, where 80 % are
stated. With the clustering of the changes that were seen it would be 63 to 70 %, with `LEAST_ICC`, which the test does
not assume, 87 to 100 %.
"""
WINDOW = 7.0
"""How many standard deviations around the expected number of discordant pairs power is summed over."""


def flags(
    deltas: Floats,
    effect: Effect,
    *,
    failing: float,
    n_repeats: float,
    confidence: float,
    power: float,
    corrected: float | None = None,
) -> Estimate:
    """Differences of 0/1 scores, one per example, each −1, 0 or 1 or the mean over `n_repeats` of such.

    `failing` is the share of answers with the worse score, over both models; only the MDE needs it. Bounds are Tango's
    with the effective sample size, n over the design effect, and t's quantiles at the effect's degrees of freedom; for
    independent pairs they are exactly Tango's. The test is exact McNemar's where every example is its own cluster and
    was asked once, else that of t. The MDE is that of the test; the bounds assume at least `LEAST_ICC` and so may be
    wider.
    """
    n, freedom, error = len(deltas), effect.freedom, math.sqrt(effect.variance)
    gains, losses = float(deltas[deltas > 0].sum()), float(-deltas[deltas < 0].sum())
    changed = (gains + losses) / n
    growth = round(_growth(changed, failing), 1)  # coarse enough for like tables to share their MDE
    independent = is_independent(effect, n, n_repeats)
    inflation = 1.0 if independent else _inflation(changed, n, effect, n_repeats)
    quantile = float(special.stdtrit(freedom, confidence)) if freedom else np.inf
    lower, upper = tango(gains / inflation, losses / inflation, n / inflation, quantile=quantile)

    def mde(level: float) -> float:
        if independent:
            return _mcnemar_mde(n, round(gains + losses), growth, confidence=level, power=power)
        return _mde(changed, n, effect, n_repeats, growth, confidence=level, power=power)

    alone = mde(confidence)
    return Estimate(
        delta=effect.delta,
        standard_error=error,
        n_clusters=len(effect.labels),
        freedom=freedom,
        design_effect=effect.design_effect,
        lower=lower,
        upper=upper,
        p=mcnemar(round(gains), round(losses)) if independent else t_test(effect.delta, error, freedom),
        mde=alone,
        mde_corrected=mde(corrected) if corrected else alone,
    )


def is_independent(effect: Effect, n: int, n_repeats: float) -> bool:
    """Whether every example is its own cluster and was asked once."""
    return len(effect.labels) == n and n_repeats == 1


def mcnemar(gains: int, losses: int) -> float:
    """The exact one-sided p-value of "losses are no likelier than gains": P(Bin(gains + losses, 1/2) ≥ losses)."""
    return float(special.bdtrc(losses - 1, gains + losses, 0.5)) if losses else 1.0


def tango(gains: float, losses: float, n: float, *, quantile: float) -> tuple[float, float]:
    """Score bounds of the difference (gains − losses) / n of paired proportions (Tango 1998, Stat Med 17:891).

    Counts may be fractions: effective ones. Without discordant pairs the bounds are ± quantile² / (n + quantile²).
    """
    return _tango_lower(gains, losses, n, quantile), -_tango_lower(losses, gains, n, quantile)


def _tango_lower(gains: float, losses: float, n: float, quantile: float) -> float:
    """Bisection between −1 and the difference: the score statistic falls as the assumed difference rises."""
    if math.isinf(quantile):
        return -np.inf
    below, above = -1.0, (gains - losses) / n
    while above - below > 1e-10:
        middle = (below + above) / 2
        b = (2 * n - gains + losses) * middle - gains - losses
        share = (math.sqrt(max(b * b + 8 * n * losses * middle * (1 - middle), 0.0)) - b) / (4 * n)
        variance = n * (2 * share + middle * (1 - middle))
        excess = gains - losses - n * middle
        below, above = (middle, above) if excess * excess > quantile * quantile * variance else (below, middle)
    return below


def _inflation(changed: float, n: int, effect: Effect, n_repeats: float) -> float:
    """The variance over that of n independent flags, but at least what `LEAST_ICC` gives."""
    per_cluster = n * n_repeats / len(effect.labels)
    return max((1 + (per_cluster - 1) * LEAST_ICC) / n_repeats, _seen_inflation(changed, n, effect))


def _seen_inflation(changed: float, n: int, effect: Effect) -> float:
    """The variance over that of n independent flags; 0 where it is unknown."""
    flag_variance = (changed - effect.delta**2) / n
    return effect.variance / flag_variance if flag_variance > 0 and effect.freedom else 0.0


def _growth(changed: float, failing: float) -> float:
    """How much the share of changed answers grows with a drop: 0 where losses rise as gains fall, 1 where only they do.

    Were the candidate's odds of failing multiplied, whatever the baseline's answer, losses and gains would move in
    proportion to the chance that the other model's answer stays.
    """
    stays = [1 - changed / 2 / share if share > 0 else 0.0 for share in (1 - failing, failing)]
    return (stays[0] - stays[1]) / sum(stays) if sum(stays) > 0 else 0.0


def _mde(
    changed: float, n: int, effect: Effect, n_repeats: float, growth: float, *, confidence: float, power: float
) -> float:
    """The drop m that t finds with this power: m = (t₁ + t₂ s) √((c − m²) · inflation / n).

    c is the share of answers that change then: changed + growth · m, but at least m. The test's t, (losses − gains) /
    √(losses + gains), has by the delta method the deviation s = √(1 − ¾ (m / c)²): 1 where losses hardly exceed gains,
    1/2 where they are alone (√losses of a Poisson count). The inflation is the one seen and at least what
    `LATENT_CORRELATION` gives.
    """
    from scipy import optimize

    freedom = effect.freedom
    if not freedom:
        return np.inf
    quantile, reach = (float(special.stdtrit(freedom, level)) for level in (confidence, power))
    seen = _seen_inflation(changed, n, effect)
    repeats = n_repeats if changed else 1.0  # where nothing changed, nothing tells repeats from copies
    others = n * repeats / len(effect.labels) - 1

    def excess(drop: float) -> float:
        share = min(max(drop, changed + growth * drop), 1.0)
        granted = change_correlation((share - drop) / 2, (share + drop) / 2, LATENT_CORRELATION)
        inflation = max(seen, (1 + others * granted) / repeats)
        spread = math.sqrt(1 - 0.75 * min(drop / share, 1.0) ** 2)
        return drop - (quantile + reach * spread) * math.sqrt(max(share - drop**2, 0.0) * inflation / n)

    return float(optimize.brentq(excess, 1e-9, 1 - 1e-9, xtol=1e-6))


def change_correlation(gains: float, losses: float, latent: float) -> float:
    """The correlation of two changes, each 1 with a share `gains`, −1 with `losses`, else 0, of one cluster's answers.

    The changes are the two tails of normal variables that have the `latent` correlation. The first three terms of the
    tetrachoric series (Pearson 1900, Phil Trans R Soc A 195:1): 1 % off at most up to 0.1. Shares are not both 0.
    """
    (gain1, gain2, gain3), (loss1, loss2, loss3) = _hermite(gains), _hermite(losses)
    terms = latent * (gain1 + loss1) ** 2, latent**2 / 2 * (gain2 - loss2) ** 2, latent**3 / 6 * (gain3 + loss3) ** 2
    return sum(terms) / (gains + losses - (losses - gains) ** 2)


def _hermite(share: float) -> tuple[float, float, float]:
    """The normal tail's first coefficients in Hermite polynomials, less their factorials."""
    if not 0 < share < 1:
        return 0.0, 0.0, 0.0
    z = -float(special.ndtri(share))
    density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return density, density * z, density * (z**2 - 1)


@functools.lru_cache(maxsize=4096)
def _mcnemar_mde(n: int, changed: int, growth: float, *, confidence: float, power: float) -> float:
    """The drop that exact McNemar's test finds with this power, where `changed` of `n` pairs are discordant without."""
    from scipy import optimize

    def excess(drop: float) -> float:
        return mcnemar_power(drop, n, changed / n + growth * drop, confidence=confidence) - power

    return float(optimize.brentq(excess, 0.0, 1.0, xtol=1e-6)) if excess(1.0) > 0 else np.inf


def mcnemar_power(drop: float, n: int, changed: float, *, confidence: float) -> float:
    """The chance that exact McNemar's test finds a drop among `n` pairs of which a share `changed` is discordant.

    A share smaller than the drop is impossible: the drop is taken instead. Summed over the number of discordant pairs.
    """
    share = min(max(changed, drop), 1.0)
    if share == 0:
        return 0.0
    spread = WINDOW * math.sqrt(n * share * (1 - share)) + 1
    discordant = np.arange(max(0, int(n * share - spread)), min(n, int(n * share + spread)) + 1)
    is_significant = special.bdtrc(most_by_chance(discordant, confidence), discordant, (share + drop) / (2 * share))
    log_ways = -special.betaln(n - discordant + 1, discordant + 1) - math.log1p(n)
    log_chances = log_ways + special.xlogy(discordant, share) + special.xlog1py(n - discordant, -share)
    return float(np.exp(log_chances) @ is_significant)


def most_by_chance(discordant: Counts, confidence: float) -> Counts:
    """For each number of discordant pairs the largest number of losses that is not yet significant.

    That is the smallest m with P(Bin(pairs, 1/2) ≤ m) ≥ confidence, found by bisection between bounds that the normal
    approximation gives. scipy's inverse took 86 s for all numbers up to a million pairs; this looks up only those that
    are needed.
    """
    quantile = float(special.ndtri(confidence))
    middle = discordant / 2 + quantile * np.sqrt(discordant) / 2
    room = 3 + abs(quantile) ** 3 / 20  # the approximation is (z³ − 3 z) / (24 √pairs) off: its next term
    low = np.maximum(np.floor(middle - room), -1).astype(np.int64)  # too few: P is still below the confidence
    high = np.minimum(np.ceil(middle + room), discordant).astype(np.int64)
    while (high - low > 1).any():
        between = (low + high) // 2
        is_reached = special.bdtr(between.astype(float), discordant, 0.5) >= confidence
        low, high = np.where(is_reached, low, between), np.where(is_reached, between, high)
    most: Counts = high
    return most
