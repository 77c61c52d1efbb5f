"""What stands above the gates has to follow from them, and their outcomes from their figures."""

import dataclasses

import pytest

from clue_lib.judging import ruling
from clue_lib.report import coherence, of_run, recomputing
from clue_lib.types import Early, Stream, Waiver

FIGURES = {
    # difference and bounds by hand, against the margin of 3 points
    "IDENTICAL": {"delta": 0.0, "lower": 0.0, "upper": 0.0, "n_worse": 0, "n_better": 0, "p": 1.0},
    "IMPROVED": {"delta": 0.05, "lower": 0.01, "upper": 0.09, "p": 0.99},
    "HELD": {"delta": -0.01, "lower": -0.02, "upper": 0.0, "p": 0.2},
    "REGRESSED": {"delta": -0.1, "lower": -0.14, "upper": -0.06, "p": 0.0001},
    "UNDECIDED": {"delta": -0.04, "lower": -0.09, "upper": 0.01, "p": 0.1},
    "NO SIGNAL": {"delta": 0.0, "lower": 0.0, "upper": 0.0, "n_worse": 0, "n_better": 0, "p": 1.0},
}
CONTRADICT = {
    "IDENTICAL": ("IMPROVED", "HELD", "REGRESSED", "UNDECIDED"),
    "IMPROVED": ("HELD", "REGRESSED", "UNDECIDED", "IDENTICAL"),
    "HELD": ("REGRESSED", "UNDECIDED"),
    "REGRESSED": ("HELD", "IMPROVED", "IDENTICAL"),
    "UNDECIDED": ("IDENTICAL",),
}
"""Outcomes by the figures that rule them out."""


@pytest.fixture
def document(info, judged):
    """A run of one gate, judged by this version's rule."""

    def make(outcome="HELD", figures="HELD", *, ok=True, **changed):
        verdict = of_figures(judged, outcome, FIGURES[figures] if figures else None, ok=ok)
        return of_run(info(rule=ruling.VERSION, **changed), [verdict])

    return make


def of_figures(judged, outcome, figures, *, metric="accuracy", n_gates=1, **changed):
    """A verdict whose figures can be true together: values as far apart as the difference, p corrected.

    That is times the gates, over the share of its family: 0.6 of quality, 0.2 of failure modes.
    """
    if figures is None:
        return judged(outcome, metric=metric, figures=None, **changed)
    whole = {"baseline": 0.8, "candidate": 0.8 + figures["delta"]} | figures
    share = 0.2 if metric == "unparsed" else 0.6
    return judged(outcome, metric=metric, figures=whole, p_adjusted=min(1.0, n_gates * whole["p"] / share), **changed)


@pytest.mark.parametrize("outcome", [name for name in FIGURES if name != "NO SIGNAL"])
def test_a_run_as_it_was_written_agrees(document, outcome):
    assert recomputing.disagreements(document(outcome, outcome, ok=outcome != "REGRESSED")) == []


@pytest.mark.parametrize(("outcome", "ok"), [("NOT RUN", True), ("ERROR", False)])
def test_what_was_not_compared_agrees(document, outcome, ok):
    assert recomputing.disagreements(document(outcome, None, ok=ok)) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"state": "pass"}, "it says pass, its gates say fail"),
        ({"passed": True}, "it says passed = true, its gates say false"),
        ({"headline": "PASS (ci): none of 1 gates failed"}, "its headline does not follow from its gates"),
        ({"signature": "state:pass"}, "its one-line signature is another run's"),
    ],
)
def test_each_word_above_the_gates_is_recomputed(document, changed, what):
    whole = document("REGRESSED", "REGRESSED", ok=False)
    (found,) = recomputing.disagreements(dataclasses.replace(whole, **changed))
    assert found.startswith(what)


@pytest.mark.parametrize(
    ("outcome", "figures"), [(outcome, figures) for outcome, ruled in CONTRADICT.items() for figures in ruled]
)
def test_an_outcome_that_its_figures_rule_out(document, outcome, figures):
    found = recomputing.disagreements(document(outcome, figures, ok=outcome != "REGRESSED"))
    assert len(found) == 1
    assert "does not follow from its figures" in found[0]


def test_an_outcome_without_figures_and_figures_without_an_outcome(document):
    assert "nothing was compared" in recomputing.disagreements(document("HELD", None))[0]
    assert "does not follow" in recomputing.disagreements(document("NOT RUN", "HELD"))[0]


def test_ok_is_what_the_profile_makes_of_the_outcome(document):
    (found,) = recomputing.disagreements(document("REGRESSED", "REGRESSED", ok=True))
    assert found == "level1.mednli.accuracy: REGRESSED fails a run under ci, and it says ok"
    (found,) = recomputing.disagreements(document("HELD", "HELD", ok=False))
    assert found.endswith("HELD fails no run under ci, and it says not ok")


def test_a_waived_failure_may_be_ok(document):
    waiver = Waiver(gate="level1.mednli.accuracy", owner="o", reason="r", expires="2999-01-01")
    assert recomputing.disagreements(document("REGRESSED", "REGRESSED", ok=True, waivers=(waiver,))) == []


OTHER_RULES = (ruling.VERSION + 1, 0)
"""A later version's, and none: an earlier version's, or one that somebody took out."""


@pytest.mark.parametrize("rule", OTHER_RULES)
def test_gates_of_another_versions_rule_are_held_against_what_holds_by_any(info, judged, rule):
    lost = of_figures(judged, "REGRESSED", FIGURES["REGRESSED"], ok=True)
    changed = of_run(info(rule=rule), [lost])
    assert recomputing.disagreements(changed) == [
        "level1.mednli.accuracy: REGRESSED fails a run under ci, and it says ok"
    ]
    unknown = of_run(info(rule=rule), [judged("ERROR", ok=True, figures=None)])
    assert "ERROR fails a run under ci, and it says ok" in recomputing.disagreements(unknown)[0]
    outside = of_figures(judged, "HELD", FIGURES["REGRESSED"] | {"lower": 0.0}, ok=True)
    assert "is not between its bounds" in recomputing.disagreements(of_run(info(rule=rule), [outside]))[0]


@pytest.mark.parametrize("rule", OTHER_RULES)
def test_what_another_versions_rule_made_of_figures_is_not_known(info, judged, rule):
    held = of_run(info(rule=rule), [of_figures(judged, "HELD", FIGURES["REGRESSED"], ok=True)])
    assert recomputing.disagreements(held) == []
    assert not recomputing.is_of_this_rule(held)


INCOHERENT = {
    # each by hand: -0.1 from 0.8 to 0.7, between -0.14 and -0.06, p = 0.0001, of one gate alone
    "the lower bound alone": ({"lower": 0.01}, "its difference, -0.1, is not between its bounds, 0.01 and -0.06"),
    "the upper bound": ({"upper": -0.11}, "its difference, -0.1, is not between its bounds, -0.14 and -0.11"),
    "the difference": ({"delta": -0.09}, "its difference, -0.09, is not that of the two models' values, -0.1"),
    "the candidate's value": ({"candidate": 0.8}, "its difference, -0.1, is not that of the two models' values, 0"),
    "p above 1": ({"p": 1.5}, "its p, 1.5, is not between 0 and 1"),
}


@pytest.mark.parametrize(("figures", "what"), INCOHERENT.values(), ids=INCOHERENT)
def test_figures_that_cannot_be_true_together(info, judged, figures, what):
    true = FIGURES["REGRESSED"] | {"candidate": 0.7}
    verdict = of_figures(judged, "REGRESSED", true | figures)
    found = recomputing.disagreements(of_run(info(rule=ruling.VERSION), [verdict]))
    assert any(what in each for each in found), found


@pytest.mark.parametrize("p_adjusted", [0.00005, None, 1.5])
def test_a_correction_only_raises_p_and_to_1_at_most(info, judged, p_adjusted):
    verdict = judged("REGRESSED", figures=FIGURES["REGRESSED"], p_adjusted=p_adjusted)
    found = recomputing.disagreements(of_run(info(rule=ruling.VERSION), [verdict]))
    assert any("after the correction, which only raises it" in each for each in found)


def test_lower_is_better_turns_the_difference(info, judged):
    # unparsed rises from 0.1 to 0.2: worse by 0.1
    figures = FIGURES["REGRESSED"] | {"baseline": 0.1, "candidate": 0.2}
    verdict = of_figures(judged, "REGRESSED", figures, metric="unparsed")
    assert verdict.gate.better == "lower"
    assert recomputing.disagreements(of_run(info(rule=ruling.VERSION), [verdict])) == []


def test_the_correction_is_computed_anew(info, judged):
    # Of p = 0.0001 and 0.2 of one task, by hand, twice the smaller is 0.0002, and the larger stays; both over 0.6.
    first = of_figures(judged, "REGRESSED", FIGURES["REGRESSED"], n_gates=2)
    second = of_figures(judged, "HELD", FIGURES["HELD"], metric="parsed_share", ok=True)
    run = info(rule=ruling.VERSION, n_selected=2)
    assert recomputing.disagreements(of_run(run, [first, second])) == []
    raised = dataclasses.replace(first, outcome="UNDECIDED", ok=True, p_adjusted=0.06)
    (found,) = recomputing.disagreements(of_run(run, [raised, second]))
    assert found == "level1.mednli.accuracy: its p is 0.06 after the correction, by all gates' p 0.0003333"


@pytest.mark.parametrize("other", ["lacking", "ERROR"])
def test_a_correction_over_gates_that_the_file_may_lack_is_not_computed(info, judged, other):
    # what of the three gates was corrected together can't be known: the second's p may be gone
    first = of_figures(judged, "REGRESSED", FIGURES["REGRESSED"], n_gates=3)
    second = judged("ERROR", metric="parsed_share", figures=None)
    verdicts = [first] if other == "lacking" else [first, second]
    assert recomputing.disagreements(of_run(info(rule=ruling.VERSION, n_selected=2), verdicts)) == []


def forged(info, judged, n_selected, *others):
    """A loss of p = 0.0001 that is told as undecided, with p = 1 after the correction, beside other gates."""
    loss = of_figures(judged, "REGRESSED", FIGURES["REGRESSED"])
    loss = dataclasses.replace(loss, outcome="UNDECIDED", ok=True, p_adjusted=1.0)
    return of_run(info(rule=ruling.VERSION, n_selected=n_selected), [loss, *others])


# By hand: 0.0001 over the 0.6 of the level that quality has.
UNCORRECTED = "level1.mednli.accuracy: its p is 1 after the correction, by all gates' p 0.0001667"


@pytest.mark.parametrize("rule", [ruling.VERSION, *OTHER_RULES])
def test_more_gates_than_were_selected(info, judged, rule):
    held = of_figures(judged, "HELD", FIGURES["HELD"], ok=True)
    found = recomputing.disagreements(of_run(info(rule=rule, n_selected=0), [held]))
    assert found == ["it has 1 gates, and says that 0 were selected"]


def test_fewer_selected_gates_than_there_are_leave_the_correction_to_be_computed(info, judged):
    assert UNCORRECTED in recomputing.disagreements(forged(info, judged, 0))


def test_a_monitor_in_error_leaves_the_correction_to_be_computed(info, judged):
    # in no family of the correction: nothing that was corrected with the others can be gone
    monitor = judged("ERROR", metric="parsed_share", figures=None, role="monitor", ok=True)
    assert UNCORRECTED in recomputing.disagreements(forged(info, judged, 2, monitor))


@pytest.mark.parametrize("profile", ["smoke", "ci", "release", "point"])
@pytest.mark.parametrize("other", ["lacking", "ERROR"])
def test_a_run_whose_correction_is_not_computed_is_no_pass(info, judged, other, profile):
    error = judged("ERROR", metric="parsed_share", figures=None, ok=True)
    loss = forged(info, judged, 2, *([error] if other == "ERROR" else []))
    run = dataclasses.replace(loss.run, profile=profile)
    found = of_run(run, loss.verdicts)
    told = recomputing.disagreements(found)
    if other == "lacking":
        assert (found.state, found.passed) == ("broken", False)
    else:
        assert f"level1.mednli.parsed_share: ERROR fails a run under {profile}, and it says ok" in told


LOST = Stream(task="mednli", metric="accuracy", margin=0.03, n=24, capital=400.0)
REJECTED = Early(
    state="rejected", evidence=400.0, n_looks=1, n_asked=24, n_prompts=1419, token_share=0.02, streams=(LOST,)
)


def test_a_run_that_was_rejected_early_agrees(document):
    found = document("NOT REACHED", None, ok=False, early=REJECTED)
    assert (found.state, found.passed, found.failed) == ("fail", False, ())
    assert found.headline.startswith("FAIL (ci): rejected early, E = 400 after 1 look at 1.7 % of the prompts")
    assert recomputing.disagreements(found) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"evidence": 500.0}, "early rejection: E is 500, by its streams 400"),
        ({"evidence": 40.0, "streams": (dataclasses.replace(LOST, capital=40.0),)}, "and E = 40 rejects no candidate"),
        ({"n_asked": 1420}, "early rejection: 1420 of 1419 prompts"),
        ({"state": "on"}, "NOT REACHED, and the candidate was not rejected early"),
    ],
)
def test_early_rejection_has_to_follow_from_its_streams(document, changed, what):
    found = document("NOT REACHED", None, ok=False, early=dataclasses.replace(REJECTED, **changed))
    assert any(what in told for told in recomputing.disagreements(found))


KEPT = Early(
    state="on",
    evidence=40.0,
    n_looks=5,
    n_asked=1419,
    n_prompts=1419,
    token_share=1.0,
    streams=(dataclasses.replace(LOST, n=1419, capital=40.0),),
)


def early_found(info, judged, early):
    """What is found of a run whose gate is held, its p over the 0.48 that quality then has of the level."""
    figures = FIGURES["HELD"] | {"baseline": 0.8, "candidate": 0.79}
    verdict = judged("HELD", ok=True, figures=figures, p_adjusted=0.2 / 0.48)
    return recomputing.disagreements(of_run(info(rule=ruling.VERSION, early=early), [verdict]))


@pytest.mark.parametrize("capital", [40.0, 400.0])
def test_a_candidate_that_was_asked_everything_is_judged_whatever_it_lost(info, judged, capital):
    # what shows a loss only with the last answers stops nobody
    streams = (dataclasses.replace(KEPT.streams[0], capital=capital),)
    assert early_found(info, judged, dataclasses.replace(KEPT, evidence=capital, streams=streams)) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"evidence": 400.0, "streams": (LOST,), "n_asked": 24}, "not rejected early, and E = 400 rejects"),
        ({"n_asked": 24}, "not rejected early, and 24 of 1419 prompts were asked, with 5 looks at 1 streams"),
        ({"n_asked": 0, "n_prompts": 0}, "not rejected early, and 0 of 0 prompts were asked"),
        ({"n_looks": 0}, "with 0 looks at 1 streams"),
        ({"streams": (), "evidence": 1.0}, "with 5 looks at 0 streams"),
    ],
)
def test_a_candidate_that_was_not_rejected_was_asked_everything_and_looked_at(info, judged, changed, what):
    found = early_found(info, judged, dataclasses.replace(KEPT, **changed))
    assert any(what in told for told in found), found


def test_no_other_profile_rejects_early(document):
    found = document("NOT REACHED", None, ok=False, early=REJECTED, profile="release")
    assert any("rejected early under release" in told for told in recomputing.disagreements(found))


def test_a_gate_that_was_not_reached_is_not_ok(document):
    found = document("NOT REACHED", None, ok=True, early=REJECTED)
    assert any("it says ok" in told for told in recomputing.disagreements(found))


@pytest.mark.parametrize(("state", "share"), [("on", 0.48), ("rejected", 0.48), ("off", 0.6), ("none", 0.6)])
def test_where_a_candidate_could_be_rejected_early_the_gates_have_less_of_the_level(info, judged, state, share):
    figures = FIGURES["HELD"] | {"baseline": 0.8, "candidate": 0.79}
    run = info(rule=ruling.VERSION, early=Early(state=state))
    right, wrong = (judged("HELD", ok=True, figures=figures, p_adjusted=0.2 / by) for by in (share, 0.54))
    told = [list(coherence.of_correction(of_run(run, [verdict]))) for verdict in (right, wrong)]
    assert told[0] == []
    assert told[1] == [
        f"level1.mednli.accuracy: its p is 0.3704 after the correction, by all gates' p {0.2 / share:.4g}"
    ]
