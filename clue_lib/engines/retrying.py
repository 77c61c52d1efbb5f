"""How a server is asked again: what can pass, how long to wait, and how many requests it gets at once."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""Answers of a server that has too much to do or is being restarted; all others stay as they are, however often."""

CROWDED = frozenset({429, 503, 529})
"""Those of them that ask for fewer requests at once."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds; each wait is twice the one before."""

LONGEST_ASKED = 300.0
"""Seconds that a server may ask to be left alone for; whoever asks for more is not waited for."""


def wait_before(n_failed: int, headers: Mapping[str, str]) -> float | None:
    """Seconds before the next try after so many that failed; at least what the server asks for.

    None where it asks for too long. Up to half of the wait is chance, so that requests that failed together do not come
    again together.
    """
    own: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(n_failed - 1, 10)) * random.uniform(0.5, 1.0)
    asked = _asked(headers)
    if asked > LONGEST_ASKED:
        return None
    return max(own, asked)


def _asked(headers: Mapping[str, str]) -> float:
    """What Retry-After says in seconds; 0 where it is absent, or names a day, which the own wait stands in for."""
    try:
        return max(0.0, float(headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


class Throttle:
    """How many requests one server gets at once: up to `bound`, half as many when it is crowded, and then more again.

    The rise is by one for each round of answers, the fall by half for each crowded moment: as TCP does (AIMD).
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._limit = float(bound)
        self._n_running = 0
        self._n_falls = 0
        self._free = asyncio.Condition()

    @property
    def limit(self) -> int:
        """How many may run at once now; at least 1."""
        return int(self._limit)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """Wait until fewer run than may, and run; gives what `crowded` wants."""
        async with self._free:
            await self._free.wait_for(lambda: self._n_running < self.limit)
            self._n_running += 1
        try:
            yield self._n_falls
        finally:
            self._n_running -= 1
            async with self._free:
                self._free.notify(max(1, self.limit - self._n_running))

    def answered(self) -> None:
        """One was answered."""
        self._limit = min(float(self._bound), self._limit + 1 / self._limit)

    def crowded(self, n_falls: int) -> None:
        """One was turned away that began after so many falls: those that began before the last one tell nothing new."""
        if n_falls == self._n_falls:
            self._limit = max(1.0, self._limit / 2)
            self._n_falls += 1
