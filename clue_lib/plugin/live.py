"""A live view on a terminal, drawn by rich: a line for each model at work, rewritten twice a second."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

import pytest

from clue_lib.report import bar
from clue_lib.types import Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

_TIMES_A_SECOND = 2
"""Often enough for a clock that shows seconds, seldom enough for an engine that needs the processor."""


class LiveView:
    """Shows what each model is at, until `close`: a bar, and the time left, which runs down between two steps."""

    def __init__(self, reporter: pytest.TerminalReporter, open_terminal: Callable[[], TextIO]) -> None:
        """Nothing is drawn before there is something to tell. Colours are as pytest's `reporter` has them.

        `open_terminal` gives a stream to draw on, which is closed when nothing is drawn any more.
        """
        self._reporter = reporter
        self._open_terminal = open_terminal
        self._live: Live | None = None
        self._steps: dict[tuple[str, str], tuple[Progress, float]] = {}

    def note(self, text: str) -> None:
        """Show it above what is drawn; it stays."""
        if self._live is None:
            self._reporter.ensure_newline()
            self._reporter.write_line(text)
        else:
            self._live.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def step(self, now: Progress) -> None:
        """Draw it, in place of the last step of the same model and stage."""
        key = (now.stage, now.side)
        self._steps = {other: kept for other, kept in self._steps.items() if not _has_ended(kept[0])}
        self._steps.pop(key, None)
        if now.stage == "generating" or not _has_ended(now):
            self._steps[key] = (now, time.monotonic())
        if self._live is None and self._steps:
            self._open()
        if self._live is not None:
            self._live.refresh()

    def close(self) -> None:
        """Clear what is drawn."""
        if self._live is not None:
            self._live.stop()
            self._live.console.file.close()
        self._live = None
        self._steps.clear()

    def _open(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self._reporter.ensure_newline()
        self._reporter.flush()
        console = Console(file=self._open_terminal(), force_terminal=True, no_color=not self._reporter.hasmarkup)
        self._live = Live(
            get_renderable=lambda: self._drawn(console),
            console=console,
            refresh_per_second=_TIMES_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        console.show_cursor(True)  # rich hides it, and a process that is killed could not show it again

    def _drawn(self, console: "Console") -> "Text":
        from rich.text import Text

        return Text("\n").join(Text(line, style="cyan", no_wrap=True) for line in self._lines(console))

    def _lines(self, console: "Console") -> Iterator[str]:
        """A line for each model and stage, in the order in which they began."""
        characters = "━─" if console.encoding.lower().startswith("utf") else "#-"
        for now, since in tuple(self._steps.values()):
            seconds = time.monotonic() - since
            yield bar(now, console.width, seconds_since=seconds, characters=characters)


def _has_ended(step: Progress) -> bool:
    return step.done == step.total
