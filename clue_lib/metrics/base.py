"""What a metric is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from clue_lib.types import Response

Score = Callable[[Sequence[Response]], list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named, versioned score: one value in 0..1 per response, in the order given; a run's value is their mean.

    `better` is the only place that says which direction is good. `version` changes whenever a value could.
    """

    name: str
    version: int
    better: Literal["higher", "lower"]
    score: Score
    tool: Callable[[], str] = lambda: ""

    @property
    def signature(self) -> str:
        """What reproduces the number: name, version, scoring, and the tool's version where a tool computes it."""
        tool = self.tool()
        return f"{self.name}|v{self.version}|strict" + (f"|{tool}" if tool else "")
