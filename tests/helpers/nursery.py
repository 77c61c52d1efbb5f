"""Inner pytest sessions that need not import everything anew: each is forked from a process that has imported it.

A session of two tasks takes four seconds by itself, most of which go into imports and word lists; a forked one takes
half a second. It is still a process of its own, with its own environment and output, and whatever it starts (workers,
engines) starts as always.
"""

import atexit
import functools
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parents[2]


def run(options: list[str], *, env: Mapping[str, str], timeout: int = 600) -> subprocess.CompletedProcess[str]:
    """`python -m pytest OPTIONS` in the project's root, both streams in one; killed after so many seconds."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace", newline="") as printed:
        nursery = _nursery()
        order = {"options": options, "env": dict(env), "output": printed.name, "timeout": timeout}
        nursery.stdin.write(json.dumps(order) + "\n")
        nursery.stdin.flush()
        code = int(nursery.stdout.readline())
        return subprocess.CompletedProcess(options, code, stdout=printed.read())


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """What is started meanwhile heeds SIGINT: a shell starts its background jobs deaf to it, and what they start."""
    outer = signal.signal(signal.SIGINT, signal.default_int_handler)  # a handler is not handed on, deafness is
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, outer)


@functools.cache
def _nursery() -> subprocess.Popen[str]:
    """The process that sessions are forked from; it ends with this one, which closes its input."""
    process = subprocess.Popen(
        [sys.executable, __file__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.communicate)
    return process


def _serve(orders: TextIO, replies: TextIO) -> None:
    """Fork a session for each order, and reply with its exit code."""
    sys.path[0] = os.getcwd()  # as `python -m` has it; this script's own folder is none of a session's
    _read_what_sessions_read()
    gc.freeze()  # a session's collector need not look through what it inherits
    for order in orders:
        pid = os.fork()
        if pid == 0:
            _become_session(**json.loads(order))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(code, file=replies, flush=True)


def _read_what_sessions_read() -> None:
    """Imports and word lists, without the plugin and what the root's conftest imports: pytest rewrites these."""
    import pytest  # noqa: F401
    import rouge_score.rouge_scorer  # noqa: F401

    from clue_lib import datasets, report, session  # noqa: F401
    from clue_lib.metrics import language
    from clue_lib.tasks import TASKS
    from clue_lib.terminology import icd

    for name in ("mednli", "medisumcode", "longhealth_3"):  # labels, codes, options
        task = TASKS[name]
        source = datasets.find(name, None)
        example = task.examples(source.path, seed=0, n_repeats=1, context=source.context)[0]
        task.parse(task.ideal(example), example)
    icd.is_code("I10")
    language._classifier()


def _become_session(options: list[str], env: dict[str, str], output: str, timeout: int) -> None:
    """Run pytest in this process, and end it."""
    os.environ.clear()
    os.environ.update(env)
    signal.alarm(timeout)  # kills, where nothing handles it
    nothing, printed = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY | os.O_APPEND)
    for target, source in ((0, nothing), (1, printed), (2, printed)):
        os.dup2(source, target)
    sys.argv = ["pytest", *options]
    try:
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        # As the interpreter ends, but for taking the heap apart, which takes a second.
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(end.code or 0))


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
