"""The table of gates: complete, never wider than 80 columns, and unharmed by extreme figures."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.report.gate_table import table
from clue_lib.tasks import TASKS

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}
OUTCOMES = ["IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "UNDECIDED", "NOT RUN", "ERROR"]
METRICS = [(task.name, metric) for task in TASKS.values() for metric in task.metrics]
QUIET = {"delta": -0.01, "lower": -0.02, "upper": 0.0}
shares = st.floats(-1, 1)


def lines(verdicts):
    return [line for line, _ in table(verdicts)]


@given(
    st.sampled_from([*METRICS, ("problem_summary", "bertscore_f1"), ("longhealth_3", "answered_unanswerable")]),
    st.sampled_from(OUTCOMES),
    st.booleans(),
    st.lists(shares, min_size=5, max_size=5),
)
def test_no_line_is_wider_than_a_terminal(judged, name, outcome, ok, figures):
    task, metric = name
    named = dict(zip(("baseline", "candidate", "delta", "lower", "upper"), figures, strict=True))
    rows = lines([judged(outcome, task=task, metric=metric, ok=ok, figures=named)])
    assert max(len(line) for line in rows) <= 80


@pytest.mark.parametrize("metric", sorted({metric for _, metric in METRICS}))
def test_a_lost_gate_shows_its_whole_name_beside_the_widest_figures(judged, metric):
    total = {"baseline": 1.0, "candidate": 0.0, "delta": -1.0, "lower": -1.0, "upper": -1.0, "mde": 1.0}
    row = lines([judged("UNDECIDED", metric=metric, figures=total)])[2]
    assert len(row) <= 80
    assert row.split()[:8] == ["✗", metric, "100.0", "0.0", "100.0", "worse", "[−100.0,−100.0]", "3.0"]
    assert row.endswith("UNDECIDED")


def test_figures_are_percent_and_points(judged):
    heading, task, row, note = lines([judged()])
    assert heading.split() == ["base", "cand", "change", "bounds", "margin", "MDE", "outcome"]
    assert task == "mednli: 200 examples in 100 clusters"
    figures = ["80.0", "70.0", "10.0", "worse", "[−14.0,−6.0]", "3.0", "5.0"]
    assert row.split() == ["✗", "accuracy", *figures, "REGRESSED"]
    assert note == "✗ fails the run"


def test_columns_stand_below_each_other(judged):
    rows = [judged(), judged("IMPROVED", metric="unparsed", ok=True, figures={"baseline": 0.0, "delta": 0.005})]
    heading, _, first, second = lines(rows)[:4]
    ends = [heading.index(name) + len(name) for name in ("base", "cand", "change", "bounds", "margin", "MDE")]
    for row in (first, second):
        assert all(row[end - 1] != " " and row[end] == " " for end in ends)
    assert first.index("REGRESSED") == second.index("IMPROVED") == heading.index("outcome")


def test_each_line_comes_with_its_verdict_and_each_task_with_a_heading(judged):
    rows = [
        judged(),
        judged(metric="empty"),
        judged("HELD", task="meqsum", metric="rougeL", ok=True, figures={"n_clusters": 200}),
    ]
    shown = table(rows)
    assert [found for _, found in shown] == [None, None, rows[0], rows[1], None, rows[2], None]
    assert shown[4][0] == "meqsum: 200 examples"
    assert all(found is None or found.gate.metric in line for line, found in shown)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_fails_is_marked(judged, outcome):
    failed, passed = (lines([judged(outcome, ok=ok)]) for ok in (False, True))
    assert failed[2].startswith("✗ accuracy")
    assert failed[2].endswith(outcome)
    assert failed[-1] == "✗ fails the run"
    assert passed[2].startswith("  accuracy")
    assert passed[2].endswith(outcome)
    assert len(passed) == 3


def test_failure_modes_show_only_where_they_moved_or_failed(judged):
    """Unmoved: bounds that hold "no change" and a difference within the margin of 3 points."""
    rows = [
        judged("HELD", ok=True, figures=QUIET),
        judged("HELD", metric="empty", ok=True, figures=QUIET),
        judged("UNDECIDED", metric="unparsed", ok=True, figures={**QUIET, "lower": -0.08}),
        judged("HELD", metric="truncated", ok=True, figures={**QUIET, "upper": -0.001}),
    ]
    assert [line.split()[0] for line in lines(rows)[2:4]] == ["accuracy", "truncated"]
    assert lines(rows)[4:] == ["  and 2 failure modes unmoved, 1 of them undecided"]
    beyond = judged("UNDECIDED", metric="empty", ok=True, figures={**QUIET, "delta": -0.04})
    assert lines([beyond])[2].split()[0] == "empty"
    failed = judged("NOT RUN", metric="empty", figures=None)
    assert lines([failed])[2].split()[:2] == ["✗", "empty"]


def test_a_task_of_which_nothing_moved_keeps_its_heading(judged):
    rows = [judged("IDENTICAL", metric="empty", ok=True, figures={**QUIET, "delta": 0.0})]
    assert lines(rows)[1:] == ["mednli: 200 examples in 100 clusters", "  and 1 failure mode unmoved"]


def test_gates_over_the_whole_run_always_show(judged):
    shown = lines([judged("HELD", task="averages", metric="level1", ok=True, figures=QUIET)])
    assert shown[1].startswith("averages: ")
    assert shown[2].split()[0] == "level1"


def test_infinite_bounds_are_said_in_words(judged):
    row = lines([judged("UNDECIDED", figures=INFINITE)])[2]
    assert " no bound " in row
    assert row.split()[-2] == "none"


def test_the_drop_that_could_be_seen_gives_way_to_long_names(judged):
    total = {"baseline": 1.0, "candidate": 0.0, "delta": -1.0, "lower": -1.0, "upper": -1.0, "mde": 1.0}
    rows = [judged("UNDECIDED", task="averages", metric="instruction following of it", figures=total)]
    assert "MDE" not in lines(rows)[0]
    assert "MDE" in lines([judged()])[0]


@pytest.mark.parametrize("outcome", ["NOT RUN", "ERROR"])
def test_what_was_not_compared_says_why(judged, outcome):
    _, task, row, _ = lines([judged(outcome, figures=None, reason="tuned: 3 prompts do not fit its context")])
    assert task == "mednli: tuned: 3 prompts do not fit its context"
    assert row.split()[:3] == ["✗", "accuracy", "3.0"]


def test_a_table_of_nothing_is_empty():
    assert table([]) == []


def test_a_metric_of_a_users_own_task_always_shows(judged):
    """Its failure modes hide like those of any other task."""
    own = judged("HELD", task="toy_notes", metric="accuracy", ok=True, figures=QUIET)
    own = dataclasses.replace(own, gate=dataclasses.replace(own.gate, kind="own"))
    mode = judged("HELD", task="toy_notes", metric="empty", ok=True, figures=QUIET)
    assert [line.split()[0] for line in lines([own, mode])[2:]] == ["accuracy", "and"]
