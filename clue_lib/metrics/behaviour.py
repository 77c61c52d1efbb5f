"""How a model fails, whatever the task: each a 0/1 flag per response, its mean a rate."""

from collections.abc import Sequence

from clue_lib.types import Response, Unparsed


def empty(responses: Sequence[Response]) -> list[float]:
    """1 where the model wrote nothing but white space."""
    return [float(not response.generation.text.strip()) for response in responses]


def truncated(responses: Sequence[Response]) -> list[float]:
    """1 where the task's token limit cut the answer: the model did not end by itself."""
    return [float(response.generation.finish_reason == "length") for response in responses]


def unparsed(responses: Sequence[Response]) -> list[float]:
    """1 where no answer could be read from the text: none of the expected ones, or several at once."""
    return [float(isinstance(response.answer, Unparsed)) for response in responses]
