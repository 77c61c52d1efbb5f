"""What an engine answers in one call: so many requests, and as many answers."""

from collections.abc import Iterator, Sequence

from clue_lib.engines.engine import Engine
from clue_lib.errors import EngineError
from clue_lib.types import Generation, Request


def checked(answers: object, n: int, backend: type[Engine]) -> list[Generation]:
    """The answers, if there is one for each of `n` requests: one in another's place would be scored as that one's."""
    if not isinstance(answers, list) or not all(isinstance(answer, Generation) for answer in answers):
        raise EngineError(f"{backend.name}: generate() must return a list of clue_lib.types.Generation")
    if len(answers) != n:
        raise EngineError(f"{backend.name}: generate() gave {len(answers)} answers to {n} requests; it owes one each")
    return answers


def in_chunks(requests: Sequence[Request], size: int) -> Iterator[Sequence[Request]]:
    """So many requests at a time, in their order."""
    for start in range(0, len(requests), size):
        yield requests[start : start + size]
