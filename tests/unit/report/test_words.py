"""What stands above the table in words: the tasks the base can't do, and what went wrong."""

import dataclasses

import pytest

from clue_lib.report import of_run, terminal
from clue_lib.types import Signal

WORSE = {"delta": -0.2, "lower": -0.3, "upper": -0.1}
ALIKE = {"delta": -0.2, "lower": -0.5, "upper": 0.1}


def test_causes_are_named_by_how_many_tasks_they_concern(info, judged):
    """What is not surely worse, or within its margin of 3 points, is no cause; a monitor explains as a gate does."""
    rows = [
        judged("REGRESSED", task="mednli", metric="truncated", figures=WORSE),
        judged(None, task="meqsum", metric="wrong_length", role="monitor", ok=True, figures=WORSE),
        judged(None, task="medisumqa", metric="wrong_length", role="monitor", ok=True, figures=WORSE),
        judged("UNDECIDED", task="jama", metric="empty", ok=True, figures=ALIKE),
        judged("HELD", task="nejm", metric="empty", ok=True, figures={"delta": -0.02, "lower": -0.025, "upper": -0.01}),
    ]
    document = of_run(info(), rows)
    assert document.causes == "answers too long or too short in 2 tasks, answers cut off in mednli"
    shown = [line for line, _ in terminal.summary(document, "r")]
    assert shown.index("Worse: answers too long or too short in 2 tasks, answers cut off in mednli") < shown.index(
        next(line for line in shown if line.startswith("mednli:"))
    )


@pytest.mark.parametrize(
    ("n_of_each", "told"),
    [
        ((12,), "12 answers state the opposite of the chart in medisumqa where the base's did not, or did less"),
        ((1,), "1 answer states the opposite of the chart in medisumqa where the base's did not, or did less"),
        ((12, 1000), "1,012 answers state the opposite of the chart in 2 tasks where the base's did not, or did less"),
    ],
)
def test_it_is_told_how_many_answers_state_the_opposite_of_the_chart(info, judged, n_of_each, told):
    rows = [
        judged("REGRESSED", task=task, metric="contradicted_claims", figures={**WORSE, "n_worse": n})
        for task, n in zip(("medisumqa", "problem_summary"), n_of_each, strict=False)
    ]
    assert of_run(info(), rows).causes == told


@pytest.mark.parametrize(
    ("forced", "told"),
    [
        (-0.05, "15.0 by form, 5.0 by knowledge"),  # by hand: 20 − 5
        (-0.25, "0.0 by form, 20.0 by knowledge"),
        (0.02, "20.0 by form, 0.0 by knowledge"),
    ],
)
def test_what_the_likeliest_letter_did_not_lose_was_lost_to_form(info, judged, forced, told):
    accuracy = judged("REGRESSED", task="nejm", figures=WORSE)
    kept = judged(None, task="nejm", metric="forced_choice", role="monitor", figures={"delta": forced})
    assert of_run(info(), [accuracy, kept]).causes == f"20.0 points of accuracy in nejm ({told})"
    of_some = judged(None, task="nejm", metric="forced_choice", role="monitor", figures={"delta": forced, "n": 199})
    assert of_run(info(), [accuracy, of_some]).causes == ""
    within = judged("HELD", task="nejm", ok=True, figures={"delta": -0.02, "lower": -0.025, "upper": -0.01})
    assert of_run(info(), [within, kept]).causes == ""
    assert of_run(info(), [accuracy]).causes == ""
    assert of_run(info(), [judged("UNDECIDED", task="nejm", figures=ALIKE), kept]).causes == ""


def with_signal(verdict, lower):
    signal = Signal(skill=0.1, lower=lower)
    return dataclasses.replace(verdict, comparison=dataclasses.replace(verdict.comparison, signal=signal))


def test_the_tasks_that_the_base_cannot_do_are_told_first(info, judged):
    rows = [
        with_signal(judged("NO SIGNAL", ok=True), -0.01),
        with_signal(judged("NO SIGNAL", ok=True, task="meqsum", metric="rouge1"), -0.01),
        with_signal(judged("HELD", ok=True, task="meqsum", metric="rougeL"), 0.02),
    ]
    assert of_run(info(), rows).blind.startswith("The base can't do 1 of 2 tasks (mednli): ")
    assert of_run(info(), rows[1:]).blind == of_run(info(), [judged()]).blind == ""
