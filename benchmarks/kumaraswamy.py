"""Kumaraswamy's distribution on 0..1 by its mean and deviation (1980, J Hydrol 46:79): texts' scores in worlds.py."""

import functools

import numpy as np
from scipy import optimize, special

from clue_lib.stats import Floats


def quantiles(mean: float, deviation: float, shares: Floats) -> Floats:
    """The quantiles at these shares: (1 − (1 − u)^(1/b))^(1/a)."""
    a, b = _parameters(mean, deviation)
    values: Floats = (1 - (1 - shares) ** (1 / b)) ** (1 / a)
    return values


@functools.lru_cache
def _parameters(mean: float, deviation: float) -> tuple[float, float]:
    """The parameters that give the mean and deviation (moments: b·B(1 + n/a, b))."""

    def moment(n: int, a: float, b: float) -> float:
        return float(b * special.beta(1 + n / a, b))

    def off(logs: Floats) -> tuple[float, float]:
        a, b = np.exp(logs)
        first = moment(1, a, b)
        return first - mean, moment(2, a, b) - first**2 - deviation**2

    a, b = np.exp(optimize.fsolve(off, np.log([1.0, 1.0])))
    return float(a), float(b)
