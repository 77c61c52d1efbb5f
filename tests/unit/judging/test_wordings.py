"""How far the difference differs between wordings: from two runs to figures. What is expected is worked by hand."""

import dataclasses
import math

import pytest
from plain_values import make_gate

from clue_lib.judging import wordings
from clue_lib.types import Response


def gate(metric, task="mednli"):
    return make_gate(f"level1.{task}.{metric}", role="gate", margin=0.03, reason="r", file="f")


def worded(run, numbers):
    """The run, its examples asked in these wordings."""
    pairs = zip(run.responses, numbers, strict=True)
    changed = [
        dataclasses.replace(response, example=dataclasses.replace(response.example, wording=number))
        for response, number in pairs
    ]
    assert all(isinstance(response, Response) for response in changed)
    return dataclasses.replace(run, responses=tuple(changed))


# Changes 0, −1 in wording 1 and +1, 0 in wording 2: means −0.5 and 0.5; within, 4 · 0.5² / 2 = 0.5, so that a mean of
# two has the variance 0.25. Between, 2 (0.5² + 0.5²) = 1; F = 2, the variance of the true means (1 − 0.5) / 2 = 0.25,
# and p = 1 − √(2 / (2 + 2)).
BEFORE, AFTER, NUMBERS = [1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 1.0], [1, 1, 2, 2]


def test_the_spread_is_of_the_oriented_change_between_wordings(task_run):
    pairs = {"mednli": (worded(task_run(BEFORE), NUMBERS), worded(task_run(AFTER, model="tuned"), NUMBERS))}
    (found,) = wordings.spreads([gate("accuracy")], pairs)
    assert (found.gate, found.n_wordings, found.n_clusters) == ("level1.mednli.accuracy", 2, 4)
    assert found.deviation == pytest.approx(0.5)
    assert found.standard_error == pytest.approx(0.5)
    assert found.p == found.p_adjusted == pytest.approx(1 - math.sqrt(0.5))


def test_p_is_corrected_for_all_metrics(task_run):
    pairs = {
        task: (
            worded(task_run(BEFORE, task=task), NUMBERS),
            worded(task_run(AFTER, model="tuned", task=task), NUMBERS),
        )
        for task in ("mednli", "jama")
    }
    found = wordings.spreads([gate("accuracy"), gate("accuracy", "jama")], pairs)
    assert [one.p_adjusted for one in found] == pytest.approx([2 * (1 - math.sqrt(0.5))] * 2)


def test_one_wording_has_no_spread_and_neither_has_a_metric_that_is_not_the_tasks(task_run):
    one = (task_run(BEFORE), task_run(AFTER, model="tuned"))
    assert wordings.spreads([gate("accuracy")], {"mednli": one}) == ()
    two = tuple(worded(run, NUMBERS) for run in one)
    failure = dataclasses.replace(gate("accuracy"), kind="failure mode")
    assert wordings.spreads([failure], {"mednli": two}) == ()
