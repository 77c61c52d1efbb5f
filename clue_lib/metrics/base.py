"""What a metric is."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clue_lib.types import Direction, Family, Parsed, Response

Floats = npt.NDArray[np.float64]
Score = Callable[[Sequence[Response]], Sequence[float | None]]
Tool = Callable[[], str]


def no_tool() -> str:
    """Says that no package but this one stands behind a number."""
    return ""


def answer_text(response: Response) -> str:
    """The answer as text, without surrounding white space; "" of an unparsed one."""
    return str(response.answer.value).strip() if isinstance(response.answer, Parsed) else ""


def as_text(value: str | tuple[str, ...]) -> str:
    """A gold or answer as text: codes with a blank between."""
    return value if isinstance(value, str) else " ".join(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """How a metric folds a whole run where that is no mean.

    `statistics` gives one row of sufficient statistics per response, in the order given; `fold` turns their sums, an
    array of shape (…, columns), into values of shape (…).
    """

    statistics: Callable[[Sequence[Response]], Floats]
    fold: Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named, versioned score: one value in 0..1 per response, in the order given.

    A value is None where the metric is undefined for the example: whatever the answer, or, of a metric `of_answers`,
    where the model gave none that can be read. A run's value is the mean of the others, unless `corpus` folds it; then
    the per-example values only tell which examples changed. `better` is the only
    place that says which direction is good. `version` changes whenever a value could. `family` names the group of
    failure modes that the metric counts towards. `file` is where a metric of the user's own stands; empty for others.
    A metric that looks at no gold (`uses_gold` is False) can't tell by itself whether a model can do a task. Where
    `is_of_run` a response's value depends on the others. Where `is_monitored` it explains and may never gate. One
    `of_ends` is undefined for imported answers whose source does not tell why they ended.
    """

    name: str
    version: int
    better: Direction
    score: Score
    tool: Tool = no_tool
    corpus: Corpus | None = None
    family: Family | None = None
    uses_gold: bool = True
    is_of_run: bool = False
    of_answers: bool = False
    of_ends: bool = False
    is_monitored: bool = False
    file: str = ""

    @property
    def definition(self) -> str:
        """What the function says that scores an answer, or a whole run where that is no mean."""
        function = self.corpus.fold if self.corpus else self.score
        return inspect.getdoc(function) or ""

    @property
    def signature(self) -> str:
        """What reproduces the number: name, version, scoring, and the tool's version where a tool computes it."""
        tool = self.tool()
        return f"{self.name}|v{self.version}|strict" + (f"|{tool}" if tool else "")
