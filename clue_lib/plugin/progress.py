"""Progress and notes while a run goes on, past pytest's capture: live on a terminal, else as lines of a log."""

import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, TextIO

import pytest

from clue_lib.plugin.live import LiveView
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


class View(Protocol):
    """Shows what a run tells."""

    def note(self, text: str) -> None:
        """Show a note, one line that stays."""
        ...

    def step(self, now: Progress) -> None:
        """Show how far it is."""
        ...

    def close(self) -> None:
        """The work has ended: what is not to stay goes."""
        ...


class ProgressPrinter:
    """Hands what a run tells to its view, one at a time: pytest's capture knows of one thread only."""

    def __init__(self, view: View, capture: Capture) -> None:
        """`capture` is pytest's capture manager."""
        self._view = view
        self._capture = capture
        self._lock = threading.Lock()

    def __call__(self, now: Progress | str) -> None:
        """Show a note, or one step. Engines' threads tell theirs while this one scores."""
        with self._lock, self._capture.global_and_fixture_disabled():
            if isinstance(now, str):
                self._view.note(printable(now))
            else:
                self._view.step(now)

    def close(self) -> None:
        """The run waits for nothing any more; what comes later opens the view again."""
        with self._lock, self._capture.global_and_fixture_disabled():
            self._view.close()


class LogView:
    """Plain lines on standard error: the first and the last step of what is generated, and others now and then."""

    def __init__(self, reporter: pytest.TerminalReporter | None = None) -> None:
        """Lines begin below what pytest's `reporter` has written, where there is one in this process."""
        self._reporter = reporter
        self._next = 0.0

    def note(self, text: str) -> None:
        """Show it."""
        if self._reporter is not None:
            self._reporter.ensure_newline()
            self._reporter.flush()
        print(text, file=sys.stderr, flush=True)

    def step(self, now: Progress) -> None:
        """Show it if it ends what is generated, or if none was shown for a while."""
        is_last = now.done == now.total
        if is_last and now.stage == "scoring":
            return
        if is_last or time.monotonic() >= self._next:
            self._next = time.monotonic() + LOG_INTERVAL
            self.note(progress(now))

    def close(self) -> None:
        """Lines stay."""


def view_for(reporter: pytest.TerminalReporter | None, environment: Mapping[str, str] = os.environ) -> View:
    """A live view where pytest's reporter writes to a terminal that can move its cursor; else lines.

    `reporter` is None in an xdist worker and with `-p no:terminal`. A CI system may give its jobs a terminal, and keeps
    all that is written to it.
    """
    is_plain = environment.get("TERM", "dumb") in {"dumb", "unknown"} or environment.get("CI", "") not in {"", "false"}
    if reporter is None or not reporter.isatty or is_plain:
        return LogView(reporter)
    return LiveView(reporter, _beside_capture)


def _beside_capture() -> TextIO:
    """Standard output's terminal, also while pytest's capture puts a file in its place."""
    return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace")
