"""What stands above the gates has to follow from them, and their outcomes from their figures."""

import dataclasses

import pytest

from clue_lib.judging import ruling
from clue_lib.report import of_run, recomputing
from clue_lib.types import Waiver

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
        found = FIGURES[figures] if figures else None
        verdict = judged(outcome, ok=ok, figures=found)
        return of_run(info(rule=ruling.VERSION, **changed), [verdict])

    return make


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


def test_gates_of_another_versions_rule_are_not_judged_by_this_ones(info, judged):
    verdict = judged("HELD", ok=True, figures=FIGURES["REGRESSED"])
    assert recomputing.disagreements(of_run(info(rule=ruling.VERSION + 1), [verdict])) == []
