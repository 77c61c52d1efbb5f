"""Progress and notes while a run goes on, past pytest's capture."""

import sys
import threading
import time
from contextlib import AbstractContextManager
from typing import Protocol

import pytest

from clue_lib.report import progress
from clue_lib.text import printable
from clue_lib.types import Progress

LOG_INTERVAL = 10.0
"""Seconds between two log lines where there is no terminal."""


class Capture(Protocol):
    """What is used of pytest's capture manager, which it does not export."""

    def global_and_fixture_disabled(self) -> AbstractContextManager[None]:
        """While it is open, output reaches the terminal."""
        ...


class ProgressPrinter:
    """On a terminal a line of its own, rewritten in place; elsewhere log lines on standard error."""

    def __init__(self, reporter: pytest.TerminalReporter | None, capture: Capture) -> None:
        """Takes pytest's terminal reporter, None in an xdist worker, and its capture manager."""
        self._reporter = reporter if reporter is not None and reporter.isatty else None
        self._capture = capture
        self._next = 0.0
        self._lock = threading.Lock()

    def __call__(self, now: Progress | str) -> None:
        """Show a note, or one step; what has been generated stays to be read, what has been scored does not.

        Engines' threads tell theirs while this one scores: one at a time, for pytest's capture knows of one only.
        """
        with self._lock, self._capture.global_and_fixture_disabled():
            if isinstance(now, str):
                self._show(printable(now), is_first=True, is_last=True)
            elif now.stage == "scoring" and now.done == now.total:
                self._clear()
            else:
                self._show(progress(now), is_first=now.done == 0, is_last=now.done == now.total)

    def _show(self, line: str, *, is_first: bool, is_last: bool) -> None:
        if self._reporter is not None:
            _rewrite(self._reporter, line, is_first=is_first, is_last=is_last)
        elif is_last or time.monotonic() >= self._next:
            self._next = time.monotonic() + LOG_INTERVAL
            print(line, file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._reporter is not None:
            self._reporter.rewrite("", erase=True)
            self._reporter.rewrite("")
            self._reporter.flush()


def _rewrite(reporter: pytest.TerminalReporter, line: str, *, is_first: bool, is_last: bool) -> None:
    if is_first:
        reporter.ensure_newline()
    reporter.rewrite(line, erase=True)
    if is_last:
        reporter.line("")
    reporter.flush()
