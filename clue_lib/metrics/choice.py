"""Metrics of answers that pick one of several labels."""

from collections.abc import Sequence

from clue_lib.types import Parsed, Response


def accuracy(responses: Sequence[Response]) -> list[float]:
    """1 where the parsed answer is the gold label, else 0; an unparsed answer is wrong."""
    return [float(_value(response) == response.example.gold) for response in responses]


def _value(response: Response) -> object:
    return response.answer.value if isinstance(response.answer, Parsed) else None
