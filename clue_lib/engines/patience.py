"""How long an engine is waited for: for a chunk of prompts, and for all of a run."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from clue_lib.engines.pace import assumed_seconds
from clue_lib.errors import EngineError
from clue_lib.types import Request

CHUNK_OPTION, RUN_OPTION = "--chunk-timeout", "--run-timeout"

LEAST = 1800.0
"""Seconds that any chunk gets: a first one may compile, or share a machine."""

UNMEASURED = 100.0
"""How many times as long as assumed a chunk may take of a model that has shown no rate yet.

transformers on two busy cores writes a twentieth of the tokens that are assumed of a CPU.
"""

MEASURED = 20.0
"""How many times as long as its model's chunks have taken so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for one chunk, None where that follows from what is asked; and for all, None where nothing ends a run."""

    chunk: float | None = None
    run: float | None = None


NO_LIMITS = Limits()


class Patience:
    """One run's, from now on."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._began = time.monotonic()

    @property
    def seconds_left(self) -> float | None:
        """Of the whole run, at least 0; None where nothing ends it."""
        if self._limits.run is None:
            return None
        return max(0.0, self._limits.run - (time.monotonic() - self._began))

    @property
    def is_over(self) -> bool:
        """Whether the run has had its time."""
        return self.seconds_left == 0

    def for_chunk(self, requests: Sequence[Request], factor: float | None) -> float:
        """How long the chunk may take. `factor` is what its model took so far over what is assumed, None at first."""
        rate = UNMEASURED if factor is None else MEASURED * factor
        seconds = self._limits.chunk or max(LEAST, rate * assumed_seconds(requests))
        left = self.seconds_left
        return seconds if left is None else min(seconds, left)

    def ended(self, backend: str, what: str, seconds: float | None = None) -> EngineError:
        """What is raised where an engine was ended before that; `seconds` are those that a chunk was given."""
        if self._limits.run is not None and (self.is_over or seconds is None):
            when = f"{RUN_OPTION}={self._limits.run:g}: the time was over before {what}"
            return EngineError(f"{backend}: {when}; whole chunks stay: run again to go on, or allow more")
        return EngineError(
            f"{backend}: ended after {seconds or 0:.0f} s, before {what}; whole chunks stay; "
            f"{CHUNK_OPTION} allows more, a smaller --engine-arg batch_size asks for less"
        )
