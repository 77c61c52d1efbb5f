"""What two runs must have in common, or pairing them is refused."""

import dataclasses

import pytest

from clue_lib.errors import PairingError
from clue_lib.judging.pairing import pair

ADVICE = "run both with the same settings"
ALIGNED = ("responses", "gold_digests", "prompt_digests")


def reordered(run, order):
    moved = {name: tuple(getattr(run, name)[i] for i in order) for name in ALIGNED}
    of_metric = {name: tuple(values[i] for i in order) for name, values in run.scores.items()}
    return dataclasses.replace(run, scores=of_metric, **moved)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"gold_digests": ("gold e0", "other")}, "gold answers"),
        ({"prompt_digests": ("prompt e0", "other")}, "prompts"),
        ({"engine": "scripted 2"}, r"engine \(scripted 1 against scripted 2\)"),
        ({"signatures": {"accuracy": "accuracy|v2"}}, "scoring"),
    ],
)
def test_runs_that_differ_in_more_than_the_model_are_refused(task_run, change, named):
    with pytest.raises(PairingError, match=f"^mednli: base and tuned differ in {named}; {ADVICE}$"):
        pair(task_run([1.0, 0.0]), task_run([1.0, 0.0], model="tuned", **change), "accuracy")


@pytest.mark.parametrize("order", [[1, 0], [0], [0, 0], []])
def test_other_examples_are_refused(task_run, order):
    candidate = reordered(task_run([1.0, 0.0], model="tuned"), order)
    with pytest.raises(PairingError, match=rf"^mednli: base and tuned differ in example ids; {ADVICE}$"):
        pair(task_run([1.0, 0.0]), candidate, "accuracy")


def test_other_repeats_are_refused(task_run):
    once, twice = task_run([1.0, 0.0]), task_run([1.0, 0.0], n_repeats=2)
    with pytest.raises(PairingError, match="differ in example ids"):
        pair(once, twice, "accuracy")


def test_nothing_can_be_compared_with_nothing(task_run):
    nothing = reordered(task_run([1.0]), [])
    with pytest.raises(PairingError, match=r"^mednli: no examples; nothing can be compared$"):
        pair(nothing, nothing, "accuracy")
