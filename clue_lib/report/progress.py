"""Progress and notes while a run goes on, past pytest's capture."""

import sys
import time
from typing import Any

from clue_lib.producer import Progress
from clue_lib.report.terminal import progress
from clue_lib.text import printable

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
        """Show a note, or one step; a task's last step always shows."""
        line = printable(now) if isinstance(now, str) else progress(now)
        is_last = isinstance(now, str) or now.done == now.total
        with self._capture.global_and_fixture_disabled():
            if self._reporter is not None:
                self._rewrite(line, is_first=isinstance(now, str) or now.done == 0, is_last=is_last)
            elif is_last or time.monotonic() >= self._next:
                self._next = time.monotonic() + LOG_INTERVAL
                print(line, file=sys.stderr, flush=True)

    def _rewrite(self, line: str, *, is_first: bool, is_last: bool) -> None:
        if is_first:
            self._reporter.ensure_newline()
        self._reporter.rewrite(line, erase=True)
        if is_last:
            self._reporter.line("")
        self._reporter.flush()
