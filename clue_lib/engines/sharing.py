"""Several servers of one model share a batch: each takes the next piece of it, and another's where that one is gone."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from clue_lib.engines.endpoint import Endpoint, Gone
from clue_lib.errors import EngineError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

Ask = Callable[[Endpoint, Asked], Awaitable[Answer]]
"""Puts one prompt to one server."""

PIECES = 4
"""Into how many pieces a batch is cut for each of several servers: prompts that begin alike stay together."""


class Sharing:
    """The servers of one model, and which of them are gone."""

    def __init__(self, endpoints: Sequence[Endpoint], tell: Callable[[str], None] = lambda line: None) -> None:
        """`tell` hears of a server that is gone while others go on."""
        self.living = list(endpoints)
        self._tell = tell

    async def ask_all(self, asked: Sequence[Asked], ask: "Ask[Asked, Answer]") -> list[Answer]:
        """One answer to each, in their order. Raises EngineError where no server is left, or one refuses."""
        answers: dict[int, Answer] = {}
        while len(answers) < len(asked):
            for endpoint in self.living:
                endpoint.has_others = len(self.living) > 1
            missing = [place for place in range(len(asked)) if place not in answers]
            pieces = _pieces(missing, len(self.living))
            lost = await self._round(asked, ask, pieces, answers)
            if not self.living and lost is not None:
                raise lost
        return [answers[place] for place in range(len(asked))]

    async def _round(
        self, asked: Sequence[Asked], ask: "Ask[Asked, Answer]", pieces: deque[list[int]], answers: dict[int, Answer]
    ) -> Gone | None:
        """Every living server takes pieces until none is left; what one of them died with, None where none did."""
        lost: Gone | None = None

        async def one(endpoint: Endpoint, place: int) -> None:
            answers[place] = await ask(endpoint, asked[place])

        async def work(endpoint: Endpoint) -> None:
            nonlocal lost
            while pieces and endpoint in self.living:
                try:
                    await _together([one(endpoint, place) for place in pieces.popleft()])
                except Gone as gone:
                    self.living.remove(endpoint)
                    self._tell(f"{gone}")
                    lost = gone

        await _together([work(endpoint) for endpoint in tuple(self.living)])
        return lost


async def _together(parts: Sequence[Awaitable[None]]) -> None:
    """All of them at once. Raises what the first raised that failed, when the others have been stopped."""

    async def wait(part: Awaitable[None]) -> None:
        await part

    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(wait(part))
    except BaseExceptionGroup as errors:
        first = errors.exceptions[0]
        if isinstance(first, EngineError):
            raise first from None
        raise


def _pieces(places: Sequence[int], n_servers: int) -> deque[list[int]]:
    """The places in runs: one for a single server."""
    n_pieces = 1 if n_servers <= 1 else PIECES * n_servers
    size = max(1, -(-len(places) // n_pieces))
    return deque(list(places[start : start + size]) for start in range(0, len(places), size))
