"""The printed summary: complete, never wider than 80 columns, and unharmed by extreme figures."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.producer import Progress
from clue_lib.report import terminal
from clue_lib.tasks import TASKS

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}
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
    total = {"baseline": 1.0, "candidate": 0.0, "delta": -1.0, "lower": -1.0, "upper": -1.0}
    row = lines([judged("INCONCLUSIVE", metric=metric, figures=total)])[-1]
    assert len(row) <= 80
    assert row.split() == [metric, "100.0", "0.0", "-100.0", "[-100.0,-100.0]", "3.0", "INCONCLUSIVE", "!"]


def test_figures_are_percent_and_points(judged):
    heading, task, row = lines([judged()])
    assert heading.split() == ["base", "cand", "Δ", "bounds", "margin", "outcome"]
    assert task == "mednli: 200 examples in 100 clusters"
    assert row.split() == ["accuracy", "80.0", "70.0", "-10.0", "[-14.0,-6.0]", "3.0", "REGRESSED"]


def test_columns_stand_below_each_other(judged):
    rows = [judged(), judged("HELD", metric="unparsed", ok=True, figures={"baseline": 0.0, "delta": 0.005})]
    heading, _, first, second = lines(rows)
    ends = [heading.index(name) + len(name) for name in ("base", "cand", "Δ", "bounds", "margin")]
    for row in (first, second):
        assert all(row[end - 1] != " " and row[end] == " " for end in ends)
    assert first.index("REGRESSED") == second.index("HELD") == heading.index("outcome")


def test_each_line_comes_with_its_verdict_and_each_task_with_a_heading(judged):
    rows = [
        judged(),
        judged(metric="empty"),
        judged(task="meqsum", metric="rougeL", figures={"n_clusters": 200}),
    ]
    shown = terminal.table(rows)
    assert [found for _, found in shown] == [None, None, rows[0], rows[1], None, rows[2]]
    assert shown[4][0] == "meqsum: 200 examples"
    assert all(found is None or found.gate.metric in line for line, found in shown)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_fails_is_marked(judged, outcome):
    failed, passed = (lines([judged(outcome, ok=ok)])[-1] for ok in (False, True))
    assert passed.endswith(outcome)
    assert failed.endswith(outcome if outcome in {"REGRESSED", "ERROR"} else f"{outcome} !")


def test_infinite_bounds_are_shown(judged):
    assert "[-inf,+inf]" in lines([judged("INCONCLUSIVE", figures=INFINITE)])[-1]


@pytest.mark.parametrize("outcome", ["NOT RUN", "ERROR"])
def test_what_was_not_compared_says_why(judged, outcome):
    _, task, row = lines([judged(outcome, figures=None, reason="tuned: 3 prompts do not fit its context")])
    assert task == "mednli: tuned: 3 prompts do not fit its context"
    assert row.split()[:2] == ["accuracy", "3.0"]


def test_a_table_of_nothing_is_empty():
    assert terminal.table([]) == []


def test_the_header_names_models_data_and_rules(info):
    text = " ".join(" ".join(terminal.header(info(limit=20))).split())
    for part in (
        "baseline Llama-3-8B-Instruct",
        "candidate JSL-MedLlama-3-8B-v2.0",
        "weights 0123456789ab tokenizer 0123456789ab template 0123456789ab adapter 0123456789ab",
        "engine transformers 5.19.0 bfloat16 cuda sm_90",
        "data mednli: not the official file (credentialed), 1413 of 1422 examples scored",
        "data problem_summary: not the official file",
        "profile ci, limit 20 per task; thresholds thresholds.toml 0123456789ab",
    ):
        assert part in text, part


def test_the_header_is_no_wider_than_a_terminal(info):
    run = info(limit=100_000, thresholds="/a/very/long/path" * 20)
    assert max(len(line) for line in terminal.header(run)) <= 80


def test_a_models_name_cannot_steer_the_terminal(info):
    run = info()
    hostile = type(run.baseline)(name="\x1b[2Jm\u202e\nx", identity={"replay": "ab"}, engine={"name": "e"})
    text = "".join(terminal.header(info(baseline=hostile)))
    assert not set(text) & set("\x1b\u202e\n")
    assert "m x (replay ab)" in text


def test_a_run_that_judged_less_than_was_selected_says_so(info, judged):
    assert terminal.sentence(info(n_selected=2), [judged("HELD", ok=True)])[0].startswith("INCOMPLETE: 1 of 2 ")


def test_a_whole_run_ends_with_the_headline(info, judged):
    assert terminal.sentence(info(), [judged()])[0].startswith("FAIL (ci): 1 of 1 gates failed")
    assert terminal.sentence(info(), [judged("HELD", ok=True)])[0].startswith("PASS (ci)")


@pytest.mark.parametrize(
    ("done", "tokens", "seconds", "shown"),
    [
        (0, 0, 0.0, "generating candidate mednli: 0/40"),
        (10, 500, 20.0, "generating candidate mednli: 10/40, 25 tokens/s, 60 s left"),  # 500/20; 20/10 · 30
        (40, 2000, 80.0, "generating candidate mednli: 40/40, 25 tokens/s, 0 s left"),
        (10, 500, 0.0, "generating candidate mednli: 10/40, 0 tokens/s, 0 s left"),
    ],
)
def test_progress_shows_rate_and_what_is_left(done, tokens, seconds, shown):
    now = Progress(side="candidate", task="mednli", done=done, total=40, new_tokens=tokens, seconds=seconds)
    assert terminal.progress(now) == shown


def test_progress_fits_a_terminal():
    for side, done in itertools.product(("baseline", "candidate"), (0, 1, 1422)):
        now = Progress(side=side, task="problem_summary", done=done, total=1422, new_tokens=10**7, seconds=90_000)
        assert len(terminal.progress(now)) <= 80
