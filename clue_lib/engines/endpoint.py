"""One server that speaks OpenAI's protocol: asked again where that helps, told of in one line where it doesn't."""

import asyncio
import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clue_lib.engines import wire
from clue_lib.engines.retrying import CROWDED, PASSING, Throttle, wait_before
from clue_lib.errors import EngineError
from clue_lib.models.served import api_of
from clue_lib.text import shorten

if TYPE_CHECKING:
    import openai
    from openai import AsyncOpenAI

Body = Mapping[str, object]
"""A request's JSON, by field."""

KEYS = ("CLUE_GATE_API_KEY", "OPENAI_API_KEY")
"""Environment variables that may hold the server's key, the first that is set: no option takes one."""

_NO_KEY = "none"
"""The client wants a key, also of servers that want none."""

N_QUICK = 2
"""How often a server that can't be reached is tried again while others can do its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How servers are asked: so many requests at once and repeats of each, which may take so many seconds."""

    concurrency: int = 128
    retries: int = 8
    seconds: float = 600.0


_REMEDIES = {
    401: f"set {KEYS[0]} to its key",
    403: f"set {KEYS[0]} to a key that may use this model",
    404: "check the address and the model's name",
}

_FOR_GOOD = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Codes by which status 429 means that no later try will do."""


class Gone(EngineError):
    """A server that was tried often enough: others may do its work."""


class Refused(EngineError):
    """A request that the server will never take; `is_too_long` where its prompt does not fit the context."""

    def __init__(self, text: str = "", *, unquoted: str | None = None, is_too_long: bool = False) -> None:
        super().__init__(text, unquoted=unquoted)
        self.is_too_long = is_too_long


class _Failed(Exception):
    """A try that another may follow: why it failed, and what the server said of waiting.

    `is_cut_off` where there was no connection, or it broke; `is_slow` where all of the request's time was over.
    """

    def __init__(
        self,
        why: str,
        *,
        headers: Mapping[str, str] | None = None,
        is_crowded: bool = False,
        is_cut_off: bool = False,
        is_slow: bool = False,
    ) -> None:
        super().__init__(why)
        self.headers = headers or {}
        self.is_crowded = is_crowded
        self.is_cut_off = is_cut_off
        self.is_slow = is_slow


class Endpoint:
    """A server at `url`. `has_others` says whether other servers can do its work, so that it is given up early."""

    def __init__(self, url: str, habits: Habits) -> None:
        """Nothing is connected yet; it belongs to the event loop in which it is first used."""
        self.url = url
        self.has_others = False
        self._habits = habits
        self._throttle = Throttle(habits.concurrency)
        self._client: AsyncOpenAI | None = None

    async def completion(self, body: Body) -> wire.Completion:
        """/v1/completions. Raises EngineError in one line, `Gone` where the server can't be had."""
        return wire.decode(self.url, await self._persist("/completions", body), wire.Completion)

    async def chat(self, body: Body) -> wire.ChatCompletion:
        """/v1/chat/completions. Raises as `completion`."""
        return wire.decode(self.url, await self._persist("/chat/completions", body), wire.ChatCompletion)

    async def cards(self) -> tuple[wire.Card, ...]:
        """The models that it serves. Raises as `completion`."""
        return wire.decode(self.url, await self._persist("/models"), wire.Cards).data

    async def version(self) -> str:
        """The version of the server's program; empty where it tells none. Raises `Gone` where it can't be had."""
        try:
            return wire.decode(self.url, await self._persist(f"{self.url}/version"), wire.Version).version
        except Gone:
            raise
        except EngineError:  # a path that vLLM has and others have not
            return ""

    async def close(self) -> None:
        """End its connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _persist(self, path: str, body: Body | None = None) -> bytes:
        """What the server answers in the end."""
        for n_failed in itertools.count(1):
            try:
                return await self._in_turn(path, body)
            except _Failed as failed:
                wait = wait_before(n_failed, failed.headers)
                if wait is None or n_failed > self._n_retries(failed):
                    raise Gone(self._told(failed, n_failed, wait)) from None
            await asyncio.sleep(wait)
        raise AssertionError  # pragma: no cover

    def _n_retries(self, failed: "_Failed") -> int:
        """How often such a request is repeated: one that took all its time not as often as one that was turned away."""
        is_hurried = failed.is_slow or (failed.is_cut_off and self.has_others)
        return min(N_QUICK, self._habits.retries) if is_hurried else self._habits.retries

    def _told(self, failed: "_Failed", n_failed: int, wait: float | None) -> str:
        tries = f"{n_failed} {'try' if n_failed == 1 else 'tries'}"
        limit = "" if wait is not None else f", and asks to be left alone for {failed.headers.get('retry-after')} s"
        return f"{self.url}: {failed} after {tries}{limit}; whole chunks stay: see to the server and run again to go on"

    async def _in_turn(self, path: str, body: Body | None) -> bytes:
        """One try. Raises _Failed where another may help."""
        async with self._throttle.turn() as n_falls:
            try:
                content = await self._sent(path, body)
            except _Failed as failed:
                if failed.is_crowded:
                    self._throttle.crowded(n_falls)
                raise
            self._throttle.answered()
            return content

    async def _sent(self, path: str, body: Body | None) -> bytes:
        import openai

        client = self._connected()
        try:
            async with asyncio.timeout(self._habits.seconds):
                if body is None:
                    answer = await client.get(path, cast_to=openai.HttpxBinaryResponseContent)
                else:
                    answer = await client.post(path, cast_to=openai.HttpxBinaryResponseContent, body=body)
                return answer.content
        except (TimeoutError, openai.APITimeoutError):
            seconds = self._habits.seconds
            raise _Failed(f"no whole answer within {seconds:g} s", is_crowded=True, is_slow=True) from None
        except openai.APIConnectionError as error:
            raise _Failed(f"no connection ({_cause(error)})", is_cut_off=True) from None
        except openai.APIStatusError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: "openai.APIStatusError") -> "_Failed | EngineError":
        """What a status other than 200 is told as, and whether it can pass."""
        status, content = error.status_code, error.response.content
        said = wire.problem(content)
        if status in PASSING and wire.code(content) not in _FOR_GOOD:
            return _Failed(f"status {status}", headers=error.response.headers, is_crowded=status in CROWDED)
        what = f"{self.url}: refused the request with status {status}"
        remedy = _REMEDIES.get(status, "see the server's log")
        if 300 <= status < 400:
            remedy = "it sends to another address, which is not followed: name that one"
        return Refused(
            f"{what}{f' ({said})' if said else ''}; {remedy}",
            unquoted=f"{what}; {remedy}",
            is_too_long=wire.is_too_long(content),
        )

    def _connected(self) -> "AsyncOpenAI":
        """The client. No proxy, no redirect: what is sent reaches the host that was named, and no other."""
        if self._client is None:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient

            self._client = AsyncOpenAI(
                base_url=api_of(self.url),
                api_key=api_key() or _NO_KEY,
                max_retries=0,
                timeout=self._habits.seconds,
                http_client=DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
            )
            self._client.organization = self._client.project = None  # which it has from the environment
        return self._client


def api_key() -> str:
    """The server's key, from the environment; empty where there is none."""
    return next((os.environ[name] for name in KEYS if os.environ.get(name)), "")


def _cause(error: BaseException) -> str:
    """The innermost reason, by its text or its kind."""
    while error.__cause__ is not None:
        error = error.__cause__
    return shorten(str(error), 100) or type(error).__name__
