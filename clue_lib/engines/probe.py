"""Whether a base still answers as before an adapter was loaded beside it.

Some adapters change the weights of their base, whatever their configuration says. Their base's answers would then be
stored under the base's own name, and every later candidate compared with them.
"""

import math
from collections.abc import Callable, Sequence

from clue_lib.errors import EngineError

PROBE = "The patient has a fever. The likely cause is"
"""The prompt that is put to the base again and again."""

Look = Callable[[], Sequence[float]]
"""Asks the base, all adapters off, and gives its scores for the next token."""


class BaseProbe:
    """Compares what the base says of one prompt before an adapter was loaded with what it says later."""

    def __init__(self, engine: str, look: Look) -> None:
        """Ask the base twice before any adapter is there: what two looks differ by is the processor's own noise."""
        self._engine = engine
        self._look = look
        self._before = look()
        self._noise = max((abs(a - b) for a, b in _differing(self._before, look())), default=0.0)

    def check(self) -> None:
        """Raise EngineError where the base now answers otherwise."""
        for before, now in _differing(self._before, self._look()):
            if not abs(before - now) <= self._noise:  # "not": of NaN and a number no difference is small
                raise EngineError(
                    f"{self._engine}: the adapter changes its base, which no longer answers as it does alone; nothing "
                    "of this batch is stored; merge the adapter with --merge-adapter"
                )


def _differing(one: Sequence[float], other: Sequence[float]) -> list[tuple[float, float]]:
    """The scores of those tokens of which the two looks say different things; infinite ones may be equal too."""
    pairs = zip(one, other, strict=True)
    return [(a, b) for a, b in pairs if a != b and not (math.isnan(a) and math.isnan(b))]
