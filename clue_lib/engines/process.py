"""Runs an engine in a child process.

When the child ends, or its parent dies, every process that the engine started ends with it.
"""

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from clue_lib import owner_only
from clue_lib.boundary import Boundary, told
from clue_lib.engines import external, time_limit
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.external import Source
from clue_lib.errors import MISTAKES_IN_CODE, ClueError, EngineError
from clue_lib.models.child import without_main
from clue_lib.text import shorten
from clue_lib.types import Generation, Request

Result = TypeVar("Result")

PATIENCE = 10.0
"""Seconds an engine gets to end by itself before its process group is killed."""

_LOGGED_ERROR = re.compile(r"\b(\w+Error: .+)")

_engine: Engine | None = None


class EngineProcess:
    """A process group of its own for one engine of a backend; what it prints goes to `log`."""

    def __init__(
        self, backend: type[Engine], *, log: Path, env: Mapping[str, str] | None = None, is_private: bool = False
    ) -> None:
        """Start the process, with `env` added to its environment alone. Raises EngineError when that fails.

        `is_private` where prompts may hold data under an agreement: errors then quote nothing.
        """
        self._backend, self._log, self._is_private = backend, log, is_private
        self._is_busy = False
        owner_only.prepare(log)
        self._log_start = log.stat().st_size if log.exists() else 0
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_enter,
            initargs=(str(log), dict(env or {}), external.source_of(backend)),
        )
        self.pid = self._call(os.getpid)

    def load(self, weights: Path, adapters: Sequence[Path], args: EngineArgs, *, seconds: float | None = None) -> None:
        """Load weights and adapters. Raises EngineError in one line when that fails, TimeoutError as `generate`."""
        try:
            self._call(_load, self._backend, weights, tuple(adapters), args, seconds=seconds)
        except EngineError as error:
            raise self._with_log(f"{error}{self._cause(str(error))}") from None

    def generate(
        self, requests: Sequence[Request], adapter: Path | None, *, seconds: float | None = None
    ) -> list[Generation]:
        """As `Engine.generate`. Raises EngineError in one line when that fails or the process died.

        Raises TimeoutError after so many `seconds`: an engine that hangs would hold the run up for ever.
        """
        try:
            return self._call(_generate, tuple(requests), adapter, self._is_private, seconds=seconds)
        except EngineError as error:
            raise self._with_log(str(error)) from None

    def close(self) -> None:
        """End the process group; only this gives a GPU's memory back. An idle engine may leave by itself first."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child.pid == self.pid and not self._is_busy:
                child.join(PATIENCE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _with_log(self, told: str) -> EngineError:
        return EngineError(f"{told}; see {self._log}")

    def _cause(self, told: str) -> str:
        """The first error that the engine's processes logged: upwards they often report just that there was one.

        Nothing where it is what is told already, and of private data, which another engine may have logged meanwhile.
        """
        if self._is_private:
            return ""
        logged = _LOGGED_ERROR.search(self._logged())
        if logged is None or logged[1].partition(": ")[2] in told:
            return ""
        return f": {shorten(logged[1], 300)}"

    def _logged(self) -> str:
        """What this process has printed."""
        content = self._log.read_bytes() if self._log.exists() else b""
        return content[self._log_start :].decode(errors="replace")

    def _died(self) -> str:
        """What is told of a process that is gone, and what to do."""
        logged = self._logged()
        if any(line.startswith(time_limit.HARD_MARK) for line in logged.splitlines()):
            return f"{self._backend.name}: the model's chat template does not end; mend it, or use --template=plain"
        return f"{self._backend.name}: the engine's process died, out of memory perhaps; {self._backend.memory_advice}"

    def _call(self, function: Callable[..., Result], *args: object, seconds: float | None = None) -> Result:
        self._is_busy = True
        try:
            with without_main():  # the first call starts the process
                answer = self._pool.submit(function, *args)
            error = answer.exception(seconds)
        except BrokenProcessPool as broken:
            error = broken
        if isinstance(error, BrokenProcessPool):
            raise EngineError(self._died()) from None
        if error is not None and not isinstance(error, ClueError):  # what it was asked can't be handed over, say
            raise EngineError(f"{self._backend.name}: {told(error, is_private=self._is_private)}") from None
        self._is_busy = False
        return answer.result()


def _enter(log: str, env: dict[str, str], source: Source | None) -> None:
    """In the child: own process group and environment, output to the log, death when the parent dies.

    `source` is the backend's file where it has one: the class is handed over by name, so its module must be there.
    """
    os.setsid()
    os.environ.update(env)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.dup2(descriptor, sys.__stderr__.fileno() if sys.__stderr__ else 2)
    threading.Thread(target=_follow_parent, daemon=True).start()
    time_limit.end_process_too()
    if source is not None:
        external.load(source)


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)


def _follow_children() -> None:
    """Die when a process dies that the engine started: vLLM waits for ever for the answer of a killed one."""
    sentinels = [child.sentinel for child in multiprocessing.active_children()]
    if sentinels:
        multiprocessing.connection.wait(sentinels)
        os.killpg(0, signal.SIGKILL)


def _load(backend: type[Engine], weights: Path, adapters: tuple[Path, ...], args: EngineArgs) -> None:
    global _engine

    def tell(error: Exception, told: str) -> EngineError:
        said = _advised(error, _text(error), backend)
        is_usual = isinstance(error, (*MISTAKES_IN_CODE, MemoryError))
        return EngineError(f"{backend.name}: {f'{weights} could not be loaded ({said})' if is_usual else said}")

    # No prompt has reached this process yet, so that its text can quote none.
    with Boundary(is_private=False, tell=tell, log=traceback.print_exception):
        _engine = backend(weights, adapters, args)
        threading.Thread(target=_follow_children, daemon=True).start()


def _generate(requests: tuple[Request, ...], adapter: Path | None, is_private: bool) -> list[Generation]:
    if _engine is None:
        raise EngineError("no engine is loaded in this process")
    backend = type(_engine)

    def tell(error: Exception, told: str) -> EngineError:
        return EngineError(f"{backend.name}: {_advised(error, told if is_private else _text(error), backend)}")

    with Boundary(is_private=is_private, tell=tell, log=traceback.print_exception):
        return _engine.generate(requests, adapter)


def _text(error: BaseException) -> str:
    """The error's first line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _advised(error: BaseException, line: str, backend: type[Engine]) -> str:
    """What is told of the error, and what to change where memory ran out."""
    is_memory = isinstance(error, MemoryError) or "out of memory" in str(error).lower()
    return f"{line}; {backend.memory_advice}" if is_memory else line
