"""The printed summary: complete, never wider than 80 columns, and unharmed by extreme figures."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.report import terminal
from clue_lib.report.averages import Average
from clue_lib.tasks import TASKS
from clue_lib.types import Fingerprint, Identity, Noise, PastScore, Waiver

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}
FLOATS = ("text_flips", "score_flips", "delta", "standard_error", "floor", "margin")
OUTCOMES = ["IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "INCONCLUSIVE", "NOT RUN", "ERROR"]
METRICS = [(task.name, metric) for task in TASKS.values() for metric in task.metrics]
shares = st.floats(-1, 1)


def lines(verdicts):
    return [line for line, _ in terminal.table(verdicts)]


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
    row = lines([judged("INCONCLUSIVE", metric=metric, figures=total)])[2]
    assert len(row) <= 80
    assert row.split()[:7] == ["✗", metric, "100.0", "0.0", "−100.0", "[−100.0,−100.0]", "3.0"]
    assert row.endswith("INCONCLUSIVE")


def test_figures_are_percent_and_points(judged):
    heading, task, row, note = lines([judged()])
    assert heading.split() == ["base", "cand", "Δ", "bounds", "margin", "MDE", "outcome"]
    assert task == "mednli: 200 examples in 100 clusters"
    assert row.split() == ["✗", "accuracy", "80.0", "70.0", "−10.0", "[−14.0,−6.0]", "3.0", "5.0", "REGRESSED"]
    assert note == "✗ fails the run"


def test_columns_stand_below_each_other(judged):
    rows = [judged(), judged("IMPROVED", metric="unparsed", ok=True, figures={"baseline": 0.0, "delta": 0.005})]
    heading, _, first, second = lines(rows)[:4]
    ends = [heading.index(name) + len(name) for name in ("base", "cand", "Δ", "bounds", "margin", "MDE")]
    for row in (first, second):
        assert all(row[end - 1] != " " and row[end] == " " for end in ends)
    assert first.index("REGRESSED") == second.index("IMPROVED") == heading.index("outcome")


def test_each_line_comes_with_its_verdict_and_each_task_with_a_heading(judged):
    rows = [
        judged(),
        judged(metric="empty"),
        judged("HELD", task="meqsum", metric="rougeL", ok=True, figures={"n_clusters": 200}),
    ]
    shown = terminal.table(rows)
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


QUIET = {"delta": -0.01, "lower": -0.02, "upper": 0.0}


def test_failure_modes_show_only_where_they_moved_or_failed(judged):
    """Unmoved: bounds that hold "no change" and a difference within the margin of 3 points."""
    rows = [
        judged("HELD", ok=True, figures=QUIET),
        judged("HELD", metric="empty", ok=True, figures=QUIET),
        judged("INCONCLUSIVE", metric="unparsed", ok=True, figures={**QUIET, "lower": -0.08}),
        judged("HELD", metric="truncated", ok=True, figures={**QUIET, "upper": -0.001}),
    ]
    assert [line.split()[0] for line in lines(rows)[2:4]] == ["accuracy", "truncated"]
    assert lines(rows)[4:] == ["  and 2 failure modes unmoved, 1 of them undecided"]
    beyond = judged("INCONCLUSIVE", metric="empty", ok=True, figures={**QUIET, "delta": -0.04})
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


def test_infinite_bounds_are_shown(judged):
    row = lines([judged("INCONCLUSIVE", figures=INFINITE)])[2]
    assert "[−∞,+∞]" in row
    assert row.split()[-2] == "∞"


def test_the_drop_that_could_be_seen_gives_way_to_long_names(judged):
    total = {"baseline": 1.0, "candidate": 0.0, "delta": -1.0, "lower": -1.0, "upper": -1.0, "mde": 1.0}
    rows = [judged("INCONCLUSIVE", task="averages", metric="instruction following", figures=total)]
    assert "MDE" not in lines(rows)[0]
    assert "MDE" in lines([judged()])[0]


@pytest.mark.parametrize("outcome", ["NOT RUN", "ERROR"])
def test_what_was_not_compared_says_why(judged, outcome):
    _, task, row, _ = lines([judged(outcome, figures=None, reason="tuned: 3 prompts do not fit its context")])
    assert task == "mednli: tuned: 3 prompts do not fit its context"
    assert row.split()[:3] == ["✗", "accuracy", "3.0"]


def test_a_table_of_nothing_is_empty():
    assert terminal.table([]) == []


def average(name, note="", **figures):
    known = dict.fromkeys(("baseline", "candidate", "published_baseline", "published_candidate"))
    return Average(name=name, note=note, **(known | figures))


def test_averages_stand_beside_published_ones():
    rows = [
        average("mednli", baseline=0.667, candidate=0.542, published_baseline=0.741, published_candidate=None),
        average("case_challenges", baseline=0.5, candidate=0.5),
        average("level1", note="left out: no whole result of meqsum, problem_summary and of many more tasks than fit"),
    ]
    heading, *shown = terminal.averages(rows)
    assert heading.split() == ["averages", "base", "cand", "Δ", "published"]
    assert shown[0].split() == ["mednli", "66.7", "54.2", "−12.5", "74.1", "–"]
    assert shown[1].split() == ["case_challenges", "50.0", "50.0", "0.0"]
    assert shown[2].startswith("  level1           left out: no whole result")
    assert shown[2].endswith("…")
    assert max(map(len, [heading, *shown])) <= 80
    assert terminal.averages([]) == []


def test_the_header_names_models_data_and_rules(info):
    text = " ".join(" ".join(terminal.header(info(limit=20))).split())
    for part in (
        "baseline Llama-3-8B-Instruct",
        "candidate JSL-MedLlama-3-8B-v2.0",
        "weights 0123456789ab tokenizer 0123456789ab template 0123456789ab adapter 0123456789ab",
        "engine transformers 5.19.0 bfloat16 cuda sm_90",
        "data mednli: not the official file (credentialed), 1413 of 1422 examples scored",
        "data problem_summary: not the official file",
        "profile ci, limit 20 per task; thresholds: ./thresholds.toml 0123456789ab",
    ):
        assert part in text, part


def test_the_header_is_no_wider_than_a_terminal(info):
    run = info(limit=100_000, thresholds="/a/very/long/path" * 20)
    assert max(len(line) for line in terminal.header(run)) <= 80


def test_a_models_name_cannot_steer_the_terminal(info):
    run = info()
    hostile = type(run.baseline)(name="\x1b[2Jm\u202e\nx", identity=Identity(replay="ab"), engine=Fingerprint(name="e"))
    text = "".join(terminal.header(info(baseline=hostile)))
    assert not set(text) & set("\x1b\u202e\n")
    assert "m x (replay ab)" in text


def test_a_run_that_judged_less_than_was_selected_says_so(info, judged):
    assert terminal.sentence(info(n_selected=2), [judged("HELD", ok=True)])[0].startswith("INCOMPLETE (ci): 1 of 2 ")


def test_a_whole_run_ends_with_the_headline(info, judged):
    assert terminal.sentence(info(), [judged()])[0].startswith("FAIL (ci): 1 of 1 gates failed")
    assert terminal.sentence(info(), [judged("HELD", ok=True)])[0].startswith("PASS (ci)")


def test_a_failed_run_says_where_to_look(info, judged):
    steps = terminal.next_steps(info(), [judged()], "gate-report")
    assert " ".join(steps) == (
        "Next: open gate-report/report.html; its flips show what changed for level1.mednli.accuracy."
    )


def test_an_undecided_run_says_what_would_be_needed(info, judged):
    """mde 6 points, margin 3: (6 / 3)² times the 100 clusters."""
    undecided = judged("INCONCLUSIVE", ok=True, figures={"mde": 0.06})
    steps = " ".join(terminal.next_steps(info(), [undecided], "r"))
    assert "drops from 6.0 points on" in steps
    assert "about 400 clusters, not 100" in steps
    few = judged("INCONCLUSIVE", ok=True, figures=INFINITE, reason="1 clusters decide nothing")
    assert "1 clusters decide nothing" in " ".join(terminal.next_steps(info(), [few], "r"))


def test_other_runs_say_what_comes_next(info, judged):
    held, error = judged("HELD", ok=True), judged("ERROR", figures=None, reason="the engine died")
    assert terminal.next_steps(info(), [held], "r") == ["Details in r/report.html."]
    assert "run without --limit" in " ".join(terminal.next_steps(info(limit=3), [held], "r"))
    assert "the engine died (see r/engine.log)" in " ".join(terminal.next_steps(info(), [error], "r", {"engine.log"}))
    assert terminal.next_steps(info(), [error], "r", {"gate.json"})[0].endswith("the engine died")


def test_nothing_is_named_that_is_not_there(info, judged):
    """Without pages there is none to open; a gate over the run, or one that compared nothing, has no flips."""
    assert terminal.next_steps(info(), [judged()], "r", {"gate.json"}) == []
    assert terminal.next_steps(info(), [judged("HELD", ok=True)], "r", {"gate.json"}) == []
    failed = [judged("REGRESSED", task="averages"), judged("NOT RUN", figures=None), judged(metric="empty")]
    (step,) = {" ".join(terminal.next_steps(info(), failed, "r"))}
    assert step.endswith("its flips show what changed for level1.mednli.empty.")
    assert terminal.next_steps(info(), failed[:2], "r") == ["Details in r/report.html."]


def test_point_says_how_often_it_fails_an_equal_model(info, judged):
    steps = terminal.next_steps(info(profile="point", equal_fails=0.774), [judged("HELD", ok=True)], "r")
    assert steps == ["Profile point fails up to 77 % of models as good as their base."]


def test_a_failed_snapshot_is_among_the_next_steps(info, judged):
    steps = terminal.next_steps(info(failed_snapshots=("medisumcode",)), [judged("HELD", ok=True)], "r")
    assert steps == ["What snapshots have different stands above, with the tests that failed."]


def test_next_steps_fit_a_terminal(info, judged):
    long = judged("INCONCLUSIVE", task="t" * 60, ok=True, reason="why " * 60, figures=INFINITE)
    assert max(map(len, terminal.next_steps(info(limit=1), [long], Path("p" * 100)))) <= 80


def test_every_line_of_a_summary_fits_a_terminal(info, judged):
    """Long names and paths, counts of six digits, bounds of three before the point, nothing known."""
    large = {"n": 987_654, "n_clusters": 123_456, "delta": -1.0, "lower": -1.0, "upper": -1.0, "candidate": 0.0}
    verdicts = [
        judged("INCONCLUSIVE", task="problem_summary", metric="unsupported_concepts", figures=large),
        judged("INCONCLUSIVE", task="longhealth_2", metric="answered_unanswerable", figures=INFINITE),
        judged("ERROR", figures=None, reason="why " * 60),
    ]
    run = info()
    run = dataclasses.replace(
        run,
        candidate=dataclasses.replace(run.candidate, name="n" * 300, identity=Identity(weights="w" * 300)),
        thresholds="t" * 300,
        waivers=(Waiver(gate="level1.mednli.accuracy", owner="o" * 90, reason="r" * 200, expires="2030-01-01"),),
        noise=(Noise(gate="level1.problem_summary.unsupported_concepts", n=1, **dict.fromkeys(FLOATS, 1.0)),),
        past_scores=(
            PastScore(task="problem_summary", metric="concept_f1", baseline=None, candidate=None, note="x" * 99),
        ),
        scoring="clue-2024-06",
    )
    engine = run.candidate.engine
    for asked in (engine, engine.reordered()):
        run = dataclasses.replace(run, candidate=dataclasses.replace(run.candidate, engine=asked))
        lines = [line for line, _ in terminal.summary(run, verdicts, "/folder" * 40)]
        assert max(map(len, lines)) <= 80


def test_a_folders_name_reaches_no_terminal_raw(info, judged):
    shown = [line for line, _ in terminal.summary(info(), [judged()], "a\x1b[2J\n::error::b")]
    assert not [line for line in shown if "\x1b" in line or "\n" in line or line.startswith("::")]
