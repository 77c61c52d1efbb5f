"""Runs an engine in a child process, which takes every process it started with it when it ends or its parent dies."""

import contextlib
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

from clue_lib.backends.base import Engine, EngineArgs
from clue_lib.errors import ClueError, EngineError
from clue_lib.types import Generation, Request

Result = TypeVar("Result")

PATIENCE = 10.0
"""Seconds an engine gets to end by itself before its process group is killed."""

_engine: Engine | None = None


class EngineProcess:
    """An engine of class `kind` in a process group of its own; its output goes to `log`."""

    def __init__(
        self, kind: type[Engine], weights: Path, adapters: Sequence[Path], *, args: EngineArgs, log: Path
    ) -> None:
        """Start the process and load the weights. Raises EngineError in one line when that fails."""
        self._kind, self._log = kind, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_enter,
            initargs=(str(log),),
        )
        self._pid = self._call(os.getpid)
        try:
            self._call(_load, kind.__module__, kind.__name__, weights, tuple(adapters), dict(args))
        except ClueError:
            self.close()
            raise

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """As `Engine.generate`. Raises EngineError when the process died."""
        return self._call(_generate, tuple(requests), adapter)

    def close(self) -> None:
        """End the process group; only this gives a GPU's memory back. An idle engine may leave by itself first."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child.pid == self._pid:
                child.join(PATIENCE)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)

    def _call(self, function: Callable[..., Result], *args: object) -> Result:
        try:
            return self._pool.submit(function, *args).result()
        except BrokenProcessPool as error:
            raise EngineError(
                f"{self._kind.name}: the engine's process died (out of memory?); see {self._log}; "
                "a smaller --engine-arg batch_size needs less"
            ) from error


def _enter(log: str) -> None:
    """In the child: own process group, output to the log, death when the parent dies."""
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.dup2(descriptor, sys.__stderr__.fileno() if sys.__stderr__ else 2)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)


def _load(module: str, name: str, weights: Path, adapters: tuple[Path, ...], args: dict[str, Any]) -> None:
    global _engine
    kind = getattr(importlib.import_module(module), name)
    try:
        _engine = kind(weights, adapters, args)
    except (RuntimeError, OSError, ValueError, ImportError, KeyError) as error:
        raise EngineError(f"{name.lower()}: {weights} could not be loaded ({_first_line(error)})") from None


def _generate(requests: tuple[Request, ...], adapter: Path | None) -> list[Generation]:
    if _engine is None:
        raise EngineError("no engine is loaded in this process")
    try:
        return _engine.generate(requests, adapter)
    except (RuntimeError, ValueError) as error:
        raise EngineError(f"{_engine.name}: {_first_line(error)}") from None


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
