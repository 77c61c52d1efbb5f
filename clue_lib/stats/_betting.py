"""Betting against a hypothesis while data arrive: capital that can hardly grow where the hypothesis holds.

Whoever looks at it as often as they like, and stops when it is large, is wrong no more often than who looks once
(Ville 1939; Waudby-Smith & Ramdas 2024, J. R. Stat. Soc. B 86).
"""

import math
from collections.abc import Iterable, Sequence

MOST = 1e12
"""What a capital is cut off at: a larger one says no more, and a product of several might be no number any more."""

FRACTIONS = (0.03, 0.06, 0.12, 0.25, 0.40, 0.60, 0.80, 0.97)
"""The shares of its capital that each of eight players stakes: small ones win by small losses, large ones soon."""


def cluster_gains(oriented: Iterable[Sequence[float]], *, margin: float, largest: int) -> list[float]:
    """X of each cluster: its differences, each plus the margin, summed and divided by the size of the largest cluster.

    `oriented` holds each cluster's differences, −1..1, positive where the candidate is better. X is 1 + margin at most,
    and its mean is at least 0 where the candidate is no more than the margin worse.
    """
    return [sum(delta + margin for delta in cluster) / largest for cluster in oriented]


def capital(gains: Iterable[float], *, margin: float) -> float:
    """What a stake of 1 has become, the mean over `FRACTIONS`: large where the candidate loses more than the margin.

    `gains` are `cluster_gains`, in an order that does not depend on them; 1 where there are none. Its expectation is at
    most 1 where each gain's is at least 0, given those before it.
    """
    stakes = [1.0] * len(FRACTIONS)
    for gain in gains:
        stakes = [stake * (1 - share * gain / (1 + margin)) for stake, share in zip(stakes, FRACTIONS, strict=True)]
    return min(sum(stakes) / len(stakes), MOST)


def joint_capital(by_task: Iterable[Sequence[float]]) -> float:
    """The capital against "no stream is worse than its margin", of each task's streams' capitals.

    Half of it is the product over tasks of the mean of a task's streams, which grows fast where many tasks lose; half
    is the mean of all streams, which one that loses much suffices for. 1 where there is no stream.
    """
    tasks = [list(capitals) for capitals in by_task if capitals]
    if not tasks:
        return 1.0
    of_all = [one for capitals in tasks for one in capitals]
    product = math.prod(sum(capitals) / len(capitals) for capitals in tasks)
    return product / 2 + sum(of_all) / len(of_all) / 2
