"""Progress: the line, and how a terminal and a log show it."""

import contextlib
import io
import itertools
from types import SimpleNamespace

import pytest
from _pytest._io import TerminalWriter

from clue_lib.plugin.progress import LOG_INTERVAL, ProgressPrinter
from clue_lib.report.terminal import progress
from clue_lib.types import Progress


def step(**changed):
    usual = {"stage": "generating", "side": "candidate", "task": "mednli", "done": 0, "total": 40, "seconds": 0.0}
    return Progress(**usual | changed)


@pytest.mark.parametrize(
    ("done", "tokens", "seconds", "shown"),
    [
        (0, 0, 0.0, "generating candidate mednli: 0/40"),
        (10, 500, 20.0, "generating candidate mednli: 10/40, 25 tokens/s, 60 s left"),  # 500/20; 20/10 · 30
        (40, 2000, 80.0, "generating candidate mednli: 40/40, 25 tokens/s, 0 s left"),
        (10, 500, 0.0, "generating candidate mednli: 10/40, 0 tokens/s, 0 s left"),
    ],
)
def test_generating_shows_rate_and_what_is_left(done, tokens, seconds, shown):
    assert progress(step(done=done, new_tokens=tokens, seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("done", "seconds", "shown"),
    [
        (0, 0.0, "scoring candidate mednli: 0/14 metrics"),
        (4, 2.0, "scoring candidate mednli: 4/14 metrics, 5 s left"),  # 2/4 · 10
    ],
)
def test_scoring_counts_metrics(done, seconds, shown):
    assert progress(step(stage="scoring", done=done, total=14, seconds=seconds)) == shown


def test_what_is_left_of_the_whole_run_stands_beside():
    now = step(done=10, new_tokens=500, seconds=20.0, run_seconds_left=300.0)
    assert progress(now) == "generating candidate mednli: 10/40, 25 tokens/s, 60 s left (300 s in all)"


def test_a_line_fits_a_terminal():
    counts = [(0, 1422), (1, 1422), (1422, 1422), (100_000, 100_001), (100_000, 999_999)]
    for stage, side, (done, total) in itertools.product(("generating", "scoring"), ("baseline", "candidate"), counts):
        now = step(
            stage=stage,
            side=side,
            task="problem_summary",
            done=done,
            total=total,
            new_tokens=10**9,
            seconds=9e4,
            run_seconds_left=1e9,
        )
        assert len(progress(now)) <= 80


def test_what_is_left_is_told_in_hours_where_it_is_long():
    now = step(task="jama", done=1, total=11, new_tokens=0, seconds=1440.0)  # 10 · 1440 s = 4 h
    assert progress(now).endswith(", 4 h left")


class Terminal:
    """Pytest's writer on a screen of bytes, with what else the reporter has."""

    isatty = True

    def __init__(self):
        self.screen = io.StringIO()
        self._writer = TerminalWriter(self.screen)
        self.line, self.flush = self._writer.line, self._writer.flush

    def rewrite(self, line, erase=False):
        self.screen.write("\r" + line + ("<erased>" if erase else ""))

    def ensure_newline(self):
        self.screen.write("|")


@pytest.fixture
def capture():
    return SimpleNamespace(global_and_fixture_disabled=contextlib.nullcontext)


def test_a_terminal_keeps_the_line_of_generating_and_clears_that_of_scoring(capture):
    terminal = Terminal()
    printer = ProgressPrinter(terminal, capture)
    printer(step(done=0))
    printer(step(done=40))
    printer(step(stage="scoring", done=0))
    printer(step(stage="scoring", done=40))
    assert terminal.screen.getvalue() == (
        "|\rgenerating candidate mednli: 0/40<erased>"
        "\rgenerating candidate mednli: 40/40, 0 tokens/s, 0 s left<erased>\n"
        "|\rscoring candidate mednli: 0/40 metrics<erased>"
        "\r<erased>\r"
    )


def test_a_log_shows_the_end_of_generating_and_else_a_line_now_and_then(capture, capsys, monkeypatch):
    clock = iter([100.0, 100.0, 101.0, 102.0, 102.0 + LOG_INTERVAL, 200.0, 300.0])
    monkeypatch.setattr("clue_lib.plugin.progress.time", SimpleNamespace(monotonic=lambda: next(clock)))
    printer = ProgressPrinter(None, capture)
    printer(step(done=0))  # shown: the first
    printer(step(done=10))  # 1 s later: not
    printer(step(done=40))  # shown: the last
    printer(step(stage="scoring", done=0))  # shown: 10 s later
    printer(step(stage="scoring", done=40))  # the last, not
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == [
        "generating candidate mednli: 0/40",
        "generating candidate mednli: 40/40",
        "scoring candidate mednli: 0/40 metrics",
    ]
