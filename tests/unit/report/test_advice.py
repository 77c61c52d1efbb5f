"""What to do after a run: where to look, what would decide what is undecided."""

from pathlib import Path

from clue_lib.report import of_run, terminal

INFINITE = {"n_clusters": 1, "lower": -float("inf"), "upper": float("inf"), "mde": float("inf"), "p": 1.0}


def test_a_failed_run_says_where_to_look(info, judged):
    steps = terminal.next_steps(of_run(info(), [judged()]), "gate-report")
    assert " ".join(steps) == (
        "Next: open gate-report/report.html; its flips show what changed for level1.mednli.accuracy."
    )


def test_an_undecided_run_says_what_would_be_needed(info, judged):
    """mde 6 points, margin 3: (6 / 3)² times the 100 clusters."""
    undecided = judged("UNDECIDED", ok=True, figures={"mde": 0.06, "delta": -0.01})
    steps = " ".join(terminal.next_steps(of_run(info(), [undecided]), "r"))
    assert "why; about 400 clusters would decide it, not 100" in steps
    beyond = judged("UNDECIDED", ok=True, figures={"mde": 0.06, "delta": -0.04}, reason="only the correction")
    assert " ".join(terminal.next_steps(of_run(info(), [beyond]), "r")).endswith("only the correction.")
    few = judged("UNDECIDED", ok=True, figures=INFINITE, reason="1 clusters decide nothing")
    assert "1 clusters decide nothing" in " ".join(terminal.next_steps(of_run(info(), [few]), "r"))


def test_other_runs_say_what_comes_next(info, judged):
    held, error = judged("HELD", ok=True), judged("ERROR", figures=None, reason="the engine died")
    assert terminal.next_steps(of_run(info(), [held]), "r") == ["Details in r/report.html."]
    assert "run without --limit" in " ".join(terminal.next_steps(of_run(info(limit=3), [held]), "r"))
    assert "the engine died (see r/engine.log)" in " ".join(
        terminal.next_steps(of_run(info(), [error]), "r", {"engine.log"})
    )
    assert terminal.next_steps(of_run(info(), [error]), "r", {"gate.json"})[0].endswith("the engine died")


def test_nothing_is_named_that_is_not_there(info, judged):
    """Without pages there is none to open; a gate over the run, or one that compared nothing, has no flips."""
    assert terminal.next_steps(of_run(info(), [judged()]), "r", {"gate.json"}) == []
    assert terminal.next_steps(of_run(info(), [judged("HELD", ok=True)]), "r", {"gate.json"}) == []
    failed = [judged("REGRESSED", task="averages"), judged("NOT RUN", figures=None), judged(metric="empty")]
    (step,) = {" ".join(terminal.next_steps(of_run(info(), failed), "r"))}
    assert step.endswith("its flips show what changed for level1.mednli.empty.")
    assert terminal.next_steps(of_run(info(), failed[:2]), "r") == ["Details in r/report.html."]


def test_point_says_how_often_it_fails_an_equal_model(info, judged):
    steps = terminal.next_steps(of_run(info(profile="point", equal_fails=0.774), [judged("HELD", ok=True)]), "r")
    assert steps == ["Profile point fails up to 77 % of models as good as their base."]


def test_a_failed_snapshot_is_among_the_next_steps(info, judged):
    steps = terminal.next_steps(of_run(info(failed_snapshots=("medisumcode",)), [judged("HELD", ok=True)]), "r")
    assert steps == ["What differs from the snapshots stands above, with the tests that failed."]


def test_next_steps_fit_a_terminal(info, judged):
    long = judged("UNDECIDED", task="t" * 60, ok=True, reason="why " * 60, figures=INFINITE)
    assert max(map(len, terminal.next_steps(of_run(info(limit=1), [long]), Path("p" * 100)))) <= 80
