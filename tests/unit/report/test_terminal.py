"""The printed summary: complete, never wider than the terminal, and unharmed by extreme figures."""

import dataclasses

from hypothesis import strategies as st

from clue_lib.report import of_run, terminal
from clue_lib.report.average_lines import average_lines
from clue_lib.report.averages import Average
from clue_lib.tasks import TASKS
from clue_lib.types import Identity, Noise, PastScore, Waiver

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}
FLOATS = ("text_flips", "score_flips", "delta", "standard_error", "floor", "margin")
OUTCOMES = ["IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "UNDECIDED", "NOT RUN", "ERROR"]
METRICS = [(task.name, metric) for task in TASKS.values() for metric in task.metrics]
shares = st.floats(-1, 1)


def average(name, note="", **figures):
    known = dict.fromkeys(("baseline", "candidate", "published_baseline", "published_candidate"))
    return Average(name=name, note=note, **(known | figures))


def test_averages_stand_beside_published_ones():
    rows = [
        average("mednli", baseline=0.667, candidate=0.542, published_baseline=0.741, published_candidate=None),
        average("case_challenges", baseline=0.5, candidate=0.5),
        average("level1", note="left out: no whole result of meqsum, problem_summary and of many more tasks than fit"),
    ]
    heading, *shown = average_lines(rows)
    assert heading.split() == ["averages", "base", "cand", "change", "published"]
    assert shown[0].split() == ["mednli", "66.7", "54.2", "12.5", "worse", "74.1", "–"]
    assert shown[1].split() == ["case_challenges", "50.0", "50.0", "0.0"]
    assert shown[2].startswith("  level1           left out: no whole result")
    assert shown[2].endswith("…")
    assert max(map(len, [heading, *shown])) <= 80
    assert average_lines([]) == []


def test_a_run_that_judged_less_than_was_selected_says_so(info, judged):
    (line, _), *_ = terminal.closing(of_run(info(n_selected=2), [judged("HELD", ok=True)]))
    assert line.startswith("BROKEN: INCOMPLETE (ci): 1 of 2 ")


def test_a_whole_run_ends_with_the_headline(info, judged):
    ((failed, red),) = terminal.closing(of_run(info(), [judged()]))
    ((passed, green),) = terminal.closing(of_run(info(), [judged("HELD", ok=True)]))
    assert failed.startswith("FAIL (ci): 1 of 1 gates failed")
    assert passed.startswith("PASS (ci)")
    assert (red["red"], green["green"]) == (True, True)


def test_a_pass_beside_other_tests_that_failed_says_so(info, judged):
    lines = terminal.closing(of_run(info(), [judged("HELD", ok=True)]), but=terminal.OTHER_TESTS)
    assert " ".join(line for line, _ in lines).endswith("but other tests of this session failed, and so does it")
    assert all(markup["red"] for _, markup in lines)


def test_a_pass_without_gate_json_blames_no_test(info, judged):
    lines = terminal.closing(of_run(info(), [judged("HELD", ok=True)]), but=terminal.NOT_WRITTEN)
    assert " ".join(line for line, _ in lines).endswith("; but gate.json could not be written")
    assert all(markup["red"] for _, markup in lines)


def test_figures_are_named_only_where_they_lie(info, judged):
    there, not_there = (
        [line for line, _ in terminal.summary(of_run(info(), [judged()]), "r", files)] for files in ({"gate.json"}, ())
    )
    assert "figures in r/gate.json" in there
    assert not [line for line in not_there if "gate.json" in line]


def test_a_run_that_was_stopped_says_how_far_it_came():
    assert terminal.stopped(0)[0][0].startswith("STOPPED: nothing was judged;")
    assert terminal.stopped(12)[0][0].startswith("STOPPED: 12 gates were judged;")


def test_every_line_of_a_summary_fits_a_terminal(info, judged):
    """Long names and paths, counts of six digits, bounds of three before the point, nothing known."""
    large = {"n": 987_654, "n_clusters": 123_456, "delta": -1.0, "lower": -1.0, "upper": -1.0, "candidate": 0.0}
    verdicts = [
        judged("UNDECIDED", task="problem_summary", metric="unsupported_concepts", figures=large),
        judged("UNDECIDED", task="longhealth_2", metric="answered_unanswerable", figures=INFINITE),
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
        for columns in (40, 60, 80, 120, 200):
            summary = terminal.summary(of_run(run, verdicts), "/folder" * 40, columns=columns)
            lines = [line for line, _ in [*summary, *terminal.closing(of_run(run, verdicts), columns)]]
            assert max(map(len, lines)) <= columns


def test_a_folders_name_reaches_no_terminal_raw(info, judged):
    shown = [line for line, _ in terminal.summary(of_run(info(), [judged()]), "a\x1b[2J\n::error::b")]
    assert not [line for line in shown if "\x1b" in line or "\n" in line or line.startswith("::")]
