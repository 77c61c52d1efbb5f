"""What a run says as a whole: what it lacks of what its profile demands, its state in one word, its headline."""

import dataclasses

import pytest

from clue_lib.judging import ruling
from clue_lib.types import TaskThoughts, ThoughtLengths

HELD, LOST, OPEN, BROKEN = ("HELD", True), ("REGRESSED", False), ("UNDECIDED", True), ("ERROR", False)
NOT_RUN = {"figures": None, "reason": "nejm: no data"}


@pytest.fixture
def lacks(info, judged):
    def find(profile="ci", gates=None, **changed):
        verdicts = [judged("HELD", ok=True)] if gates is None else gates
        return ruling.shortfall(info(profile=profile, **changed), verdicts)

    return find


@pytest.mark.parametrize("profile", ["smoke", "ci", "point", "release"])
def test_no_profile_is_content_with_nothing(lacks, judged, profile):
    assert lacks(profile) == ""
    assert lacks(profile, [], n_selected=0).startswith(f"NOTHING JUDGED ({profile}): no gate was selected")
    assert lacks(profile, [judged("NOT RUN", ok=True, **NOT_RUN)]) == f"NOTHING JUDGED ({profile}): nejm: no data"
    assert lacks(profile, n_selected=3) == f"INCOMPLETE ({profile}): 1 of 3 selected gates were judged"


@pytest.mark.parametrize("profile", ["smoke", "ci", "point", "release"])
def test_a_run_of_monitors_alone_has_judged_nothing(lacks, judged, profile):
    watched = judged("REGRESSED", ok=True, role="monitor")
    assert lacks(profile, [watched]) == (
        f"NOTHING JUDGED ({profile}): only monitored metrics were compared, which fail no run; select a gate"
    )
    unjudged = judged("NOT RUN", ok=True, task="nejm", **NOT_RUN)
    assert "only monitored metrics" in lacks(profile, [watched, unjudged], n_selected=2)
    assert "only monitored metrics" not in lacks(profile, [watched, judged("HELD", ok=True)], n_selected=2)


def test_only_release_demands_the_gates_that_were_not_selected(lacks):
    assert lacks("release", n_left_out=9) == (
        "INCOMPLETE: release demands every gate of thresholds.toml that may fail a run, and 9 were not selected; drop "
        "-k, -m and paths"
    )
    assert lacks("ci", n_left_out=9) == lacks("smoke", n_left_out=9) == ""


def test_only_release_demands_every_gate_judged(lacks, judged):
    gates = [judged("HELD", ok=True), judged("NOT RUN", ok=True, task="nejm", **NOT_RUN)]
    assert lacks("release", gates, n_selected=2).endswith("and 1 were not, first level1.nejm.accuracy: nejm: no data")
    assert lacks("ci", gates, n_selected=2) == ""
    monitored = [gates[0], judged("NOT RUN", ok=True, role="monitor", **NOT_RUN)]
    assert lacks("release", monitored, n_selected=2) == ""


def test_only_release_demands_real_data(lacks, info):
    bundled = tuple(dataclasses.replace(task, tier="bundled") for task in info().tasks)
    mcq = (dataclasses.replace(bundled[0], name="mcq"),)
    assert "real data, and problem_summary would have bundled" in lacks("release", tasks=(info().tasks[0], bundled[1]))
    assert lacks("release", tasks=mcq) == lacks("ci", tasks=bundled) == ""


def state(info, judged, outcomes, n_selected=None, role="gate"):
    verdicts = [
        judged(outcome, metric=f"m{i}", ok=ok, role=role, figures=None if outcome in {"ERROR", "NOT RUN"} else ())
        for i, (outcome, ok) in enumerate(outcomes)
    ]
    run = info(n_selected=len(verdicts) if n_selected is None else n_selected)
    found = ruling.state(run, verdicts)
    assert ruling.passed(run, verdicts) is (found == "pass" or (found == "undecided" and all(ok for _, ok in outcomes)))
    return found


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([HELD], "pass"),
        ([HELD, OPEN], "pass"),  # no primary: profile ci warns only
        ([HELD, ("NOT RUN", True)], "pass"),
        ([HELD, LOST], "fail"),
        ([LOST, BROKEN], "fail"),
        ([HELD, ("NOT RUN", False)], "fail"),
        ([("HELD", False)], "fail"),  # bundled data under release
        ([HELD, BROKEN], "broken"),
        ([BROKEN, ("UNDECIDED", False)], "broken"),
        ([("NOT RUN", True)], "broken"),
        ([], "broken"),
        ([HELD, ("UNDECIDED", False)], "undecided"),
    ],
)
def test_the_state_of_a_run(info, judged, outcomes, expected):
    assert state(info, judged, outcomes) == expected


def test_a_run_that_judged_less_than_was_selected_is_broken(info, judged):
    assert state(info, judged, [HELD], n_selected=2) == "broken"
    assert state(info, judged, [LOST], n_selected=2) == "fail"


def test_an_undecided_primary_makes_a_run_undecided(info, judged):
    assert state(info, judged, [HELD, OPEN], role="primary") == "undecided"


@pytest.mark.parametrize(
    ("outcome", "expected", "headline"),
    [
        (HELD, "fail", "FAIL (ci): none of 1 gates failed, but the snapshots of a, b did"),
        (
            LOST,
            "fail",
            "FAIL (ci): 1 of 1 gates failed, level1.mednli.accuracy, worse by 10.0 points; "
            "so did the snapshots of a, b",
        ),
        (OPEN, "fail", "FAIL (ci): none of 1 gates failed, but the snapshots of a, b did"),
        (("NOT RUN", True), "broken", "NOTHING JUDGED (ci): why"),
    ],
)
def test_a_failed_snapshot_fails_the_run_and_is_named(info, judged, outcome, expected, headline):
    name, ok = outcome
    verdict = judged(name, ok=ok, figures=None if name == "NOT RUN" else ())
    run = info(failed_snapshots=("a", "b"))
    assert (ruling.state(run, [verdict]), ruling.passed(run, [verdict])) == (expected, False)
    assert ruling.headline(run, [verdict]) == headline
    assert "snapshots" not in ruling.headline(info(failed_snapshots=("a",)), [verdict])


@pytest.fixture
def headline(info):
    """Builds the headline of a run with these verdicts."""
    return lambda *verdicts, **changed: ruling.headline(info(n_selected=len(verdicts), **changed), verdicts)


def test_headline_of_a_failure_names_the_worst(headline, judged):
    found = [judged("HELD", ok=True), judged(task="meqsum", metric="rouge1"), judged(figures={"delta": -0.2})]
    watched = judged("REGRESSED", ok=True, role="monitor", metric="macro_f1", figures={"delta": -0.9})
    worst = "worst level1.mednli.accuracy, worse by 20.0 points"
    assert headline(*found, watched) == f"FAIL (ci): 2 of 3 gates failed, {worst}"
    primary = judged(task="nejm", role="primary", figures={"delta": -0.05})
    assert headline(*found, primary).endswith("worst level1.nejm.accuracy, worse by 5.0 points")


def test_headline_of_a_pass_counts_what_stayed_open(headline, judged):
    held = judged("HELD", ok=True)
    assert headline(judged("UNDECIDED", ok=True), held) == "PASS (ci): none of 2 gates failed; 1 undecided"
    assert headline(held) == "PASS (ci): none of 1 gates failed"
    assert headline(held, judged("NO SIGNAL", ok=True)) == "PASS (ci): none of 2 gates failed; 1 without signal"


def test_a_pass_with_a_primary_undecided_is_called_no_pass(headline, judged):
    open_ = judged("UNDECIDED", ok=True, role="primary")
    assert headline(open_) == "UNDECIDED (ci): none of 1 gates failed; 1 undecided"


@pytest.mark.parametrize("profile", ["ci", "point", "release"])
def test_a_run_that_could_have_shown_nothing_is_broken(info, judged, profile):
    """Two models that can't do a task differ in nothing: that says nothing of what the candidate lost."""
    blind = [judged("NO SIGNAL", ok=True, reason="no skill"), judged("IDENTICAL", ok=True, metric="empty")]
    run = info(n_selected=2, profile=profile)
    assert ruling.state(run, blind) == "broken"
    assert not ruling.passed(run, blind)
    assert ruling.headline(run, blind) == (
        f"NO SIGNAL ({profile}): this is no pass: the baseline can't do any of the tasks, so no loss could have been "
        "seen; first level1.mednli.accuracy: no skill"
    )
    less_empty = [blind[0], judged("IMPROVED", metric="empty", ok=True)]
    assert ruling.state(run, less_empty) == "broken"
    shown = [*blind, judged("REGRESSED", metric="unparsed")]
    assert ruling.state(info(n_selected=3, profile=profile), shown) == "fail"
    seeing = [*blind, judged("HELD", ok=True, task="jama")]
    assert ruling.state(info(n_selected=3, profile=profile), seeing) == "pass"


def test_thoughts_that_did_not_end_are_named_as_what_kept_a_run_from_seeing(info, judged):
    """21 of 39 are most; 19 are not, and then the baseline's skill is what is told."""
    blind = [judged("NO SIGNAL", ok=True, reason="no skill")]
    ended = ThoughtLengths(n=0, median=0.0, longest=0, n_unfinished=0)
    for n_unfinished, told in ((21, "21 of the baseline's 39 thoughts did not end"), (19, "the baseline can't do any")):
        cut = ThoughtLengths(n=39, median=9.0, longest=12, n_unfinished=n_unfinished)
        run = info(thoughts=(TaskThoughts(task="mednli", baseline=cut, candidate=ended),))
        assert ruling.headline(run, blind).startswith(f"NO SIGNAL (ci): this is no pass: {told}")
        assert ("--thinking-budget" in ruling.headline(run, blind)) == (n_unfinished == 21)


def test_a_smoke_run_need_not_see(info, judged):
    blind = [judged("NO SIGNAL", ok=True)]
    assert ruling.state(info(profile="smoke"), blind) == "smoke"


def test_headline_counts_what_was_not_run(headline, judged):
    assert "1 not run" in headline(judged("NOT RUN", ok=True, figures=None), judged("HELD", ok=True))


def test_headline_of_smoke_certifies_nothing(headline, judged):
    passed = headline(judged("HELD", ok=True), profile="smoke")
    assert passed.startswith("SMOKE (smoke): none of 1 gates failed")
    assert "certifies nothing" in passed
    assert headline(judged(), profile="smoke").startswith("FAIL (smoke)")


def test_a_gate_that_failed_without_a_loss_names_none(info, judged):
    """A value below its floor fails whatever the difference; nothing was compared where a prompt did not fit."""
    gained = judged("IMPROVED", ok=False, figures={"delta": 0.0})
    unrun = judged("NOT RUN", ok=False, figures=None, metric="macro_f1")
    assert ruling.headline(info(), [gained]) == "FAIL (ci): 1 of 1 gates failed, level1.mednli.accuracy"
    assert ruling.headline(info(), [gained, unrun]).endswith("2 of 2 gates failed, worst level1.mednli.accuracy")
