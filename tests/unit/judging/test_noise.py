"""The noise floor: figures by hand."""

import dataclasses

import pytest
from plain_values import make_gate

from clue_lib.judging import Policy, noise

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03)


def test_figures_by_hand(task_run):
    """Ten answers, two scores flip, both up: Δ = 0.2, variance (2 · 0.8² + 8 · 0.2²) / 90, so the error 0.4 / 3.

    t(9) at 95 % is 1.833 (any table): the floor is 1.833 · 0.1333 = 0.2444.
    """
    first = task_run([0.0, 0.0, *[1.0] * 8])
    second = task_run([1.0] * 10)
    (found,) = noise.of_task(first, second, [GATE], POLICY)
    assert (found.n, found.text_flips, found.score_flips, found.margin) == (10, 0.0, 0.2, 0.03)
    assert found.delta == pytest.approx(0.2)
    assert found.standard_error == pytest.approx(0.4 / 3)
    assert found.floor == pytest.approx(0.2444, abs=1e-4)
    mirrored = noise.of_task(second, first, [GATE], POLICY)
    assert mirrored == (found,)


def test_other_words_are_flips_of_the_text_alone(task_run):
    (found,) = noise.of_task(task_run([1.0] * 4), task_run([1.0] * 4, model="again"), [GATE], POLICY)
    assert (found.text_flips, found.score_flips, found.delta, found.floor) == (1.0, 0.0, 0.0, 0.0)


def test_one_cluster_has_no_error_and_a_monitor_no_noise(task_run):
    runs = [task_run([value, 1.0], clusters=["a", "a"]) for value in (0.0, 1.0)]
    (found,) = noise.of_task(*runs, [GATE], POLICY)
    assert (found.standard_error, found.floor) == (0.0, 0.5)
    assert noise.of_task(*runs, [dataclasses.replace(GATE, role="monitor")], POLICY) == ()
