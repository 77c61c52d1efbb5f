"""Progress and notes while a run goes on, past pytest's capture."""

import sys
import time
from typing import Any

from clue_lib.report.terminal import progress
from clue_lib.text import printable
from clue_lib.types import Progress

LOG_INTERVAL = 10.0
"""Seconds between two log lines where there is no terminal."""


class ProgressPrinter:
    """On a terminal a line of its own, rewritten in place; elsewhere log lines on standard error."""

    def __init__(self, reporter: Any, capture: Any) -> None:
        """Takes pytest's terminal reporter, None in an xdist worker, and its capture manager."""
        self._reporter: Any = reporter if reporter is not None and reporter.isatty else None
        self._capture = capture
        self._next = 0.0

    def __call__(self, now: Progress | str) -> None:
        """Show a note, or one step; what has been generated stays to be read, what has been scored does not."""
        with self._capture.global_and_fixture_disabled():
            show = self._log if self._reporter is None else self._rewrite
            if isinstance(now, str):
                show(printable(now), is_first=True, is_last=True)
            elif now.stage == "scoring" and now.done == now.total:
                self._clear()
            else:
                show(progress(now), is_first=now.done == 0, is_last=now.done == now.total)

    def _log(self, line: str, *, is_first: bool, is_last: bool) -> None:
        if is_last or time.monotonic() >= self._next:
            self._next = time.monotonic() + LOG_INTERVAL
            print(line, file=sys.stderr, flush=True)

    def _rewrite(self, line: str, *, is_first: bool, is_last: bool) -> None:
        if is_first:
            self._reporter.ensure_newline()
        self._reporter.rewrite(line, erase=True)
        if is_last:
            self._reporter.line("")
        self._reporter.flush()

    def _clear(self) -> None:
        if self._reporter is not None:
            self._reporter.rewrite("", erase=True)
            self._reporter.rewrite("")
            self._reporter.flush()
