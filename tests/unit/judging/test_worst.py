"""Which examples a failure shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.judging.pairing import pair
from clue_lib.judging.worst import N_WORST

scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=24, max_size=24)


def test_worst_examples_come_with_the_largest_loss_first(task_run):
    baseline = task_run([1.0, 1.0, 0.5, 1.0, 0.9, 0.2], metric="rougeL")
    candidate = task_run([0.8, 0.0, 0.5, 0.5, 0.0, 1.0], model="tuned", metric="rougeL")  # losses .2 1 0 .5 .9, a gain

    worst = pair(baseline, candidate, "rougeL").worst

    assert [flip.example_id for flip in worst] == ["e1", "e4", "e3"]
    assert (worst[0].gold, worst[0].baseline_score, worst[0].candidate_score) == ("gold e1", 1.0, 0.0)
    assert (worst[0].baseline_text, worst[0].candidate_text) == ("base on e1", "tuned on e1")


def test_only_worse_examples_are_shown(task_run):
    worst = pair(task_run([1, 1, 0, 0]), task_run([1, 0, 1, 0]), "accuracy").worst
    assert [flip.example_id for flip in worst] == ["e1"]


def test_worst_examples_of_a_lower_is_better_metric_are_those_that_rose(task_run):
    worst = pair(task_run([0, 1, 0], metric="empty"), task_run([0, 0, 1], metric="empty"), "empty").worst
    assert [flip.example_id for flip in worst] == ["e2"]


@given(scores, scores)
def test_never_more_than_three_worst_examples(task_run, one, other):
    found = pair(task_run(one), task_run(other), "accuracy")
    losses = [flip.candidate_score - flip.baseline_score for flip in found.worst]
    assert len(losses) == min(N_WORST, int((found.deltas < 0).sum()))
    assert losses == sorted(losses)
    assert all(loss < 0 for loss in losses)


@pytest.mark.parametrize(("tier", "n"), [("bundled", 2), ("public", 2), ("licensed", 0), ("credentialed", 0)])
def test_private_data_shows_no_example(task_run, tier, n):
    found = pair(task_run([1, 1], tier=tier), task_run([0, 0], model="tuned", tier=tier), "accuracy")
    assert (len(found.worst), found.tier) == (n, tier)
    assert found.deltas.tolist() == [-1, -1]
