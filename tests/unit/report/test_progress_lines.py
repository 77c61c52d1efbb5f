"""Progress in lines: what a log shows, and the bar of a terminal, from 40 to 200 columns."""

import itertools

import pytest

from clue_lib.report import bar, progress
from clue_lib.report.progress_lines import expected_time
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


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        # 10 of 40 is a quarter: of 60 characters 15; 500 tokens in 20 s are 25 a second; 300 s are 5:00
        (120, f"candidate mednli 10/40  {15 * '━'}{45 * '─'}  25 tokens/s  5:00 left of the run"),
        # 80 - 22 - 33 - 4 leave 21 characters: 5 of them
        (80, f"candidate mednli 10/40  {5 * '━'}{16 * '─'}  25 tokens/s  5:00 left of the run"),
        (60, f"candidate mednli 10/40  {4 * '━'}{10 * '─'}  5:00 left of the run"),  # 60 - 22 - 20 - 4 leave 14: 3.5
        (40, "candidate mednli 10/40, 5:00 left"),
        (32, "candidate mednli 10/40, 5:00"),
        (20, "candidate mednli 10…"),
    ],
)
def test_a_bar_is_as_wide_as_the_terminal(columns, shown):
    now = step(done=10, new_tokens=500, seconds=20.0, run_seconds_left=300.0)
    assert bar(now, columns) == shown


def test_no_bar_is_wider_than_the_terminal():
    for columns, done, total in itertools.product(range(40, 201, 20), (0, 1, 999_999), (999_999, 1_000_000)):
        for stage, left in itertools.product(("generating", "scoring"), (None, 1e9)):
            now = step(stage=stage, task="t" * 30, done=done, total=total, seconds=9e4, run_seconds_left=left)
            assert len(bar(now, columns)) <= columns


def test_the_time_left_runs_down_to_nothing():
    now = step(done=10, seconds=20.0)  # 20/10 · 30 = 60 s
    assert "  1:00 left" in bar(now, 80)
    assert "  0:15 left" in bar(now, 80, seconds_since=45.0)
    assert "  0:00 left" in bar(now, 80, seconds_since=100.0)
    assert "  2:46:40 left of the run" in bar(step(run_seconds_left=10_000.0), 80)  # 10,000 = 2 · 3,600 + 46 · 60 + 40


def test_before_the_first_answer_there_is_a_bar_and_no_time():
    assert bar(step(), 40, characters="#-") == f"candidate mednli 0/40  {15 * '-'}"  # 40 - 21 - 4


@pytest.mark.parametrize(
    ("seconds", "n", "is_measured", "line"),
    [
        (61, 1200, True, "about 2 min for 1,200 answers, as this machine took before"),
        (
            10_000,
            9,
            False,
            "about 2.8 h for 9 answers, at an assumed rate",  # 10,000 / 3,600
        ),
        (0, 0, True, "nothing to generate: every answer is stored"),
        (0, 1200, True, "not known for 1,200 answers: the backend answers in this process"),
    ],
)
def test_the_header_says_how_long_it_will_take(seconds, n, is_measured, line):
    assert expected_time(seconds, n, is_measured=is_measured) == line
