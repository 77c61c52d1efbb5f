"""Pairing two runs: what is left out and averaged. Figures are worked by hand."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.errors import NothingMeasured, PairingError
from clue_lib.judging.pairing import pair, pair_family
from clue_lib.metrics import METRICS

scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=24, max_size=24)
ALIGNED = ("responses", "gold_digests", "prompt_digests")


def reordered(run, order):
    moved = {name: tuple(getattr(run, name)[i] for i in order) for name in ALIGNED}
    of_metric = {name: tuple(values[i] for i in order) for name, values in run.scores.items()}
    return dataclasses.replace(run, scores=of_metric, **moved)


def test_repeats_are_averaged_within_their_example(task_run):
    before, after = task_run([1, 1, 0, 1], n_repeats=2), task_run([1, 0, 0, 0], n_repeats=2)
    found = pair(before, after, "accuracy")
    assert found.baseline.tolist() == [1, 0.5]
    assert found.candidate.tolist() == [0.5, 0]
    assert found.deltas.tolist() == [-0.5, -0.5]
    assert (found.n_repeats, found.is_binary) == (2, True)


@pytest.mark.parametrize(("value", "is_binary"), [(1.0, True), (0.5, False)])
def test_answers_that_score_0_or_1_are_binary(task_run, value, is_binary):
    assert pair(task_run([1.0, 0.0]), task_run([0.0, value]), "accuracy").is_binary == is_binary


def test_what_a_metric_says_nothing_of_is_left_out_and_counted(task_run):
    before, after = task_run([1.0, None, 0.0, None]), task_run([0.0, None, 0.0, None])
    found = pair(before, after, "accuracy")
    assert (len(found.deltas), found.n_excluded) == (2, 2)
    assert found.clusters.tolist() == ["mednli/e0", "mednli/e2"]


def test_clusters_of_one_name_are_the_same_in_data_that_tasks_share_and_no_other(task_run):
    def clusters(task):
        run = task_run([1.0, 0.0], task=task, clusters=["1", "2"])
        return set(pair(run, run, "accuracy").clusters.tolist())

    assert clusters("longhealth_1") == clusters("longhealth_3")
    assert not clusters("nejm") & clusters("jama")


def test_examples_are_left_out_for_both_models_or_none(task_run):
    with pytest.raises(PairingError, match=r"^mednli: accuracy is undefined for other examples of base than of tuned$"):
        pair(task_run([1.0, None]), task_run([None, 1.0], model="tuned"), "accuracy")


def test_a_metric_that_says_nothing_at_all_is_refused(task_run):
    with pytest.raises(PairingError, match=r"^mednli: accuracy is undefined for every example$"):
        pair(task_run([None]), task_run([None]), "accuracy")


@given(scores, scores, st.permutations(range(24)))
def test_the_order_of_examples_changes_nothing(task_run, one, other, order):
    clusters = [str(i // 3) for i in range(24)]
    before, after = (task_run(values, clusters=clusters, n_repeats=2) for values in (one, other))
    straight = pair(before, after, "accuracy")
    moved = pair(reordered(before, order), reordered(after, order), "accuracy")
    for name in ("baseline", "candidate", "clusters", "deltas"):
        assert np.array_equal(getattr(moved, name), getattr(straight, name)), name


def test_a_familys_score_is_an_answers_worst_flag(task_run, monkeypatch):
    for name in ("unparsed", "truncated"):
        monkeypatch.setitem(METRICS, name, dataclasses.replace(METRICS[name], family="instruction following"))
    monkeypatch.setitem(METRICS, "empty", dataclasses.replace(METRICS["empty"], family=None))
    before = task_run({"unparsed": [0, 0, 1, None], "truncated": [0, 1, 1, 0], "empty": [1, 1, 1, 1]})
    after = task_run({"unparsed": [1, 0, 0, None], "truncated": [0, 0, 1, 1], "empty": [1, 1, 1, 1]})

    found = pair_family(before, after, "instruction following")

    assert found.metric == "instruction following"
    assert (found.baseline.tolist(), found.candidate.tolist()) == ([0, 1, 1, 0], [1, 0, 1, 1])
    assert found.deltas.tolist() == [-1, 1, 0, -1]
    assert found.signature.startswith("instruction following|v1|")
    with pytest.raises(NothingMeasured, match="nothing of it counts as hallucination"):
        pair_family(before, after, "hallucination")


def test_a_metric_of_answers_is_paired_where_both_models_gave_one(task_run):
    """Of five examples one has no answer of the base, another none of the candidate, and a third of neither."""
    metric = "answered_unanswerable"
    of_base = task_run([None, 1.0, 0.0, None, 1.0], metric=metric)
    of_candidate = task_run([0.0, None, 1.0, None, 1.0], metric=metric, model="tuned")
    found = pair(of_base, of_candidate, metric)
    assert (found.n, found.n_excluded, found.n_unanswered) == (2, 3, 2)
    assert found.deltas.tolist() == [-1.0, 0.0]
    silent = task_run([0.0, None, None, None, None], metric=metric, model="tuned")
    with pytest.raises(NothingMeasured, match="is defined for both models' answers to no example"):
        pair(of_base, silent, metric)
