"""Which view shows progress where, what a log keeps, and what a terminal draws and clears."""

import contextlib
import io
import os
import pty
import time
from types import SimpleNamespace

import pytest

from clue_lib.plugin.live import LiveView
from clue_lib.plugin.progress import LOG_INTERVAL, LogView, ProgressPrinter, view_for
from clue_lib.types import Progress


def step(**changed):
    usual = {"stage": "generating", "side": "candidate", "task": "mednli", "done": 0, "total": 40, "seconds": 0.0}
    return Progress(**usual | changed)


class Reporter:
    """What is used of pytest's reporter; counts the line breaks that it was asked for."""

    def __init__(self, screen=None, *, isatty=True, hasmarkup=False):
        self.isatty, self.hasmarkup = isatty, hasmarkup
        self.n_newlines = 0
        self._screen = screen or io.StringIO()

    def write_line(self, line):
        self._screen.write(line + "\n")

    def flush(self):
        pass

    def ensure_newline(self):
        self.n_newlines += 1


@pytest.fixture
def capture():
    return SimpleNamespace(global_and_fixture_disabled=contextlib.nullcontext)


class Stream(io.StringIO):
    """Keeps what was written when it is closed."""

    encoding = "utf-8"

    def close(self):
        self.is_closed = True


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    return Stream()


def test_a_terminal_draws_a_line_for_each_model_and_clears_them(screen):
    reporter = Reporter(screen)
    view = LiveView(reporter, lambda: screen)
    view.step(step(side="baseline", done=10, new_tokens=500, seconds=20.0))
    view.step(step(done=4, seconds=2.0))
    drawn = screen.getvalue()
    assert reporter.n_newlines == 1
    assert "baseline mednli 10/40  " in drawn
    assert "candidate mednli 4/40  " in drawn
    view.close()
    assert screen.getvalue().endswith("\x1b[2K")  # erases the line
    assert screen.getvalue().count("\x1b[?25h") >= 1  # the cursor shows
    view.close()


def test_what_has_ended_gives_way_to_what_begins(screen):
    view = LiveView(Reporter(screen), lambda: screen)
    view.step(step(side="baseline", done=40))
    view.step(step(stage="scoring", side="baseline", done=1, total=3))
    screen.truncate(0)
    view.step(step(side="candidate", done=0))
    view.step(step(stage="scoring", side="baseline", done=3, total=3))
    last = screen.getvalue().split("\x1b[2K")[-1]
    assert "candidate mednli 0/40" in last
    assert "baseline" not in last
    view.close()


def test_a_note_stays_and_is_not_marked_up(screen):
    view = LiveView(Reporter(screen), lambda: screen)
    view.note("[red]weights[/red] 0.3 GB of 25 GB")
    view.step(step())
    view.note("another")
    view.close()
    assert "[red]weights[/red] 0.3 GB of 25 GB\n" in screen.getvalue()
    assert "another" in screen.getvalue()


@pytest.mark.parametrize("hasmarkup", [False, True])
def test_colour_is_as_pytest_has_it(screen, hasmarkup, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    view = LiveView(Reporter(screen, hasmarkup=hasmarkup), lambda: screen)
    view.step(step())
    view.close()
    assert ("\x1b[36m" in screen.getvalue()) == hasmarkup


def test_a_terminal_without_unicode_gets_a_bar_of_ascii(screen, monkeypatch):
    monkeypatch.setattr(Stream, "encoding", "ascii")
    view = LiveView(Reporter(screen), lambda: screen)
    view.step(step(done=20))
    view.close()
    assert "###" in screen.getvalue()
    assert screen.getvalue().isascii()


def test_the_time_left_runs_down_between_two_steps(screen):
    view = LiveView(Reporter(screen), lambda: screen)
    view.step(step(done=1, total=2, seconds=100.0))
    time.sleep(1.6)
    view.close()
    assert "1:40 left" in screen.getvalue()
    assert "1:39 left" in screen.getvalue()
    assert screen.is_closed


@pytest.mark.parametrize(
    ("reporter", "environment", "is_live"),
    [
        (Reporter(), {"TERM": "xterm"}, True),
        (Reporter(), {"TERM": "xterm", "CI": "false"}, True),
        (Reporter(), {"TERM": "xterm", "CI": "true"}, False),
        (Reporter(), {"TERM": "dumb"}, False),
        (Reporter(), {}, False),
        (Reporter(isatty=False), {"TERM": "xterm"}, False),
        (None, {"TERM": "xterm"}, False),
    ],
)
def test_only_a_terminal_of_a_user_has_a_live_view(reporter, environment, is_live, monkeypatch):
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower, "w") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        assert isinstance(view_for(reporter, environment), LiveView) == is_live


def test_a_log_shows_the_end_of_generating_and_else_a_line_now_and_then(capture, capsys, monkeypatch):
    clock = iter([100.0, 100.0, 101.0, 102.0, 102.0 + LOG_INTERVAL, 200.0, 300.0])
    monkeypatch.setattr("clue_lib.plugin.progress.time", SimpleNamespace(monotonic=lambda: next(clock)))
    printer = ProgressPrinter(LogView(), capture)
    printer(step(done=0))  # shown: the first
    printer(step(done=10))  # 1 s later: not
    printer(step(done=40))  # shown: the last
    printer(step(stage="scoring", done=0))  # shown: 10 s later
    printer(step(stage="scoring", done=40))  # the last, not
    printer.close()
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == [
        "generating candidate mednli: 0/40",
        "generating candidate mednli: 40/40",
        "scoring candidate mednli: 0/40 metrics",
    ]


def test_a_log_begins_its_lines_below_what_pytest_has_written(capsys):
    reporter = Reporter(isatty=False)
    LogView(reporter).note("a note")
    assert (reporter.n_newlines, capsys.readouterr().err) == (1, "a note\n")
