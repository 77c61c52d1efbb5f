"""What stands above the table in words: the tasks the base can't do, and what went wrong."""

import dataclasses

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
