"""Runs a function in a process of its own, whose memory and imports are gone when it ends."""

import ctypes
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

SPIN_COUNT = "1000"
"""How often a thread of OpenMP looks for work before it sleeps (GNU's default: billions of times).

Threads that spin for each other make a CPU engine crawl as soon as anything else runs. Seen with vLLM's CPU build, two
cores and 64 prompts of MeQSum, idle and with one core busy: 6.5 s and 225 s by default, 6.6 s and 23 s with 1,000;
20,000 gave 6.2 s and 52 s, `OMP_WAIT_POLICY=PASSIVE` 8.0 s and 22 s. The answers were the same in all.
"""

_SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl(2): which signal a process gets when its parent ends."""

_no_two_at_once = threading.Lock()


def thread_settings() -> dict[str, str]:
    """Variables for the environment of a process that computes on CPUs; none where the user has set one of them.

    They count only where they are set before the process first imports torch.
    """
    is_set = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & set(os.environ)
    return {} if is_set else {"GOMP_SPINCOUNT": SPIN_COUNT}


def run_in_child(function: Callable[..., None], *args: Path) -> str | None:
    """Call the function in a child process and wait for it; None where it succeeds.

    What it prints is not shown. Where it fails, the last line of that, which is its error, is returned.
    """
    printed = failure_in_child(function, *args)
    return None if printed is None else printed.splitlines()[-1]


def failure_in_child(function: Callable[..., None], *args: Path) -> str | None:
    """As `run_in_child`, but all that it printed is returned where it fails, or how it ended where that is nothing."""
    with tempfile.NamedTemporaryFile() as log:
        context = multiprocessing.get_context("spawn")
        child = context.Process(target=_call, args=(log.name, function, args), daemon=True)
        with without_main():
            child.start()
        child.join()
        if child.exitcode == 0:
            return None
        printed = Path(log.name).read_text(encoding="utf-8", errors="replace").strip()
    return printed or f"its process ended with code {child.exitcode} and without a message"


@contextmanager
def without_main() -> Iterator[None]:
    """Processes that start inside the block do not run this process's main script again.

    `spawn` runs it in every child, for what it may define. A script that calls the gate without asking for
    `__name__ == "__main__"` would so call it once more, in the child; no engine and no conversion needs it.
    """
    with _no_two_at_once:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def end_with_parent() -> None:
    """From now on this process ends at once, whatever it is doing, when the one that started it is gone.

    Linux sees to that itself; elsewhere a thread looks five times a second.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _call(log: str, function: Callable[..., None], args: tuple[Path, ...]) -> None:
    """In the child: output to the log, then the call."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    end_with_parent()
    function(*args)
