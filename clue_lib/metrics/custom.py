"""A metric of the user's own: a function in the file of the task that it belongs to."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from clue_lib.errors import TaskError
from clue_lib.metrics.base import Metric, Score
from clue_lib.metrics.registry import METRICS
from clue_lib.types import Response

Function = TypeVar("Function", bound=Score)


def metric(*, better: Literal["higher", "lower"], version: int) -> Callable[[Function], Function]:
    """Decorates a function that scores: it becomes a metric under its own name, which a `Task` of that file may list.

    The function takes a sequence of responses and gives one value in 0..1 for each, in their order; None where the
    metric is undefined for the example, whatever the answer. `better` says which direction is good. Raise `version`
    whenever a value could change: it is part of the signature, and runs of other signatures are not compared. Raises
    TaskError where the name is taken.
    """

    def register(function: Function) -> Function:
        name, file = function.__name__, function.__code__.co_filename
        known = METRICS.get(name)
        if known is not None and known.file != file:
            raise TaskError(
                f"metric {name}: the name is taken by {known.file or 'a metric of this package'}; rename it"
            )
        if better not in ("higher", "lower"):
            raise TaskError(f"metric {name}: better={better!r}; it is 'higher' or 'lower'")
        METRICS[name] = Metric(name=name, version=version, better=better, score=function, file=file)
        return function

    return register


def values(metric: Metric, responses: Sequence[Response]) -> tuple[float | None, ...]:
    """The metric's value for each response, in their order. Raises TaskError where a user's metric gives none."""
    given = tuple(metric.score(responses))
    if not metric.file:
        return given
    if len(given) != len(responses):
        raise TaskError(f"metric {metric.name}: {len(given)} values for {len(responses)} responses; give one for each")
    return tuple(_checked(metric, value) for value in given)


def _checked(metric: Metric, value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        shown = repr(value) if isinstance(value, int | float) else f"a {type(value).__name__}"
        raise TaskError(
            f"metric {metric.name} gives {shown}; a value is a number in 0..1, or None where it is undefined: give a "
            "count as a share, such as of the words"
        )
    return float(value)
