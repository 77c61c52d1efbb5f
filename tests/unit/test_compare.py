"""Pairing two runs: what is refused, which way is better, and which examples are shown. Figures are worked by hand."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.compare import N_WORST, compare
from clue_lib.errors import PairingError
from clue_lib.metrics import METRICS
from clue_lib.types import Example, Generation, Parsed, Response, TaskRun

scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=24, max_size=24)


def response(name, text, cluster=None):
    return Response(
        example=Example(id=name, cluster=cluster or name, fields={}, gold=f"gold {name}"),
        generation=Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
        answer=Parsed(value=text),
    )


def run(values, *, model="base", metric="accuracy", tier="public", clusters=None):
    names = [f"e{i}" for i in range(len(values))]
    places = zip(names, clusters or names, strict=True)
    return TaskRun(
        task="mednli",
        model=model,
        tier=tier,
        engine="scripted 1",
        responses=tuple(response(name, f"{model} on {name}", cluster) for name, cluster in places),
        gold_digests=tuple(f"gold {name}" for name in names),
        prompt_digests=tuple(f"prompt {name}" for name in names),
        scores={metric: tuple(values)},
        signatures={metric: f"{metric}|v1"},
    )


def judge(baseline, candidate, metric="accuracy"):
    return compare(baseline, candidate, metric, confidence=0.95, power=0.8)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"responses": (response("e0", "x"), response("other", "y"))}, "example ids"),
        ({"responses": (response("e1", "x"), response("e0", "y"))}, "example ids"),
        ({"responses": (response("e0", "x"),)}, "example ids"),
        ({"responses": ()}, "example ids"),
        ({"gold_digests": ("gold e0", "other")}, "gold answers"),
        ({"prompt_digests": ("prompt e0", "other")}, "prompts"),
        ({"engine": "scripted 2"}, r"engine \(scripted 1 against scripted 2\)"),
        ({"signatures": {"accuracy": "accuracy|v2"}}, "scoring"),
    ],
)
def test_runs_that_differ_in_more_than_the_model_are_refused(change, named):
    candidate = dataclasses.replace(run([1.0, 0.0], model="tuned"), **change)
    with pytest.raises(PairingError, match=f"^mednli: base and tuned differ in {named}; run both alike$"):
        judge(run([1.0, 0.0]), candidate)


def test_nothing_can_be_compared_with_nothing():
    with pytest.raises(PairingError, match=r"^mednli: no examples; nothing can be compared$"):
        judge(run([]), run([], model="tuned"))


def test_models_may_differ():
    assert judge(run([1.0, 0.0]), run([1.0, 0.0], model="tuned")).delta == 0


def test_figures_by_hand():
    # Four examples in two clusters; differences −1, 0 | +1, −1: mean −1/4, residual sums −1/2 and +1/2,
    # variance 2/1 · (1/4 + 1/4) / 4² = 1/16. t(1) is Cauchy's, so p = 1/2 + atan(−1) / π = 1/4.
    clusters = ["a", "a", "b", "b"]
    found = judge(run([1, 1, 0, 1], clusters=clusters), run([0, 1, 1, 0], clusters=clusters))
    assert (found.n, found.n_clusters, found.n_worse, found.n_better) == (4, 2, 2, 1)
    assert (found.baseline, found.candidate, found.delta) == (0.75, 0.5, -0.25)
    assert found.p == pytest.approx(0.25)
    assert found.signature == "accuracy|v1"


@pytest.mark.parametrize(("metric", "delta", "n_worse"), [("accuracy", 0.25, 0), ("empty", -0.25, 1)])
def test_positive_is_better_whatever_the_metric(metric, delta, n_worse):
    found = judge(run([0, 0, 0, 1], metric=metric), run([1, 0, 0, 1], metric=metric), metric)
    assert (found.delta, found.n_worse, found.n_better) == (delta, n_worse, 1 - n_worse)
    assert (found.baseline, found.candidate) == (0.25, 0.5)


@given(st.sampled_from(sorted(METRICS)), scores, scores)
def test_swapping_the_models_mirrors_the_comparison(metric, one, other):
    ahead = judge(run(one, metric=metric), run(other, metric=metric), metric)
    back = judge(run(other, metric=metric), run(one, metric=metric), metric)
    assert (back.delta, back.lower, back.upper) == pytest.approx((-ahead.delta, -ahead.upper, -ahead.lower))
    assert (back.n_worse, back.n_better) == (ahead.n_better, ahead.n_worse)
    assert (back.baseline, back.candidate) == (ahead.candidate, ahead.baseline)
    assert back.mde == pytest.approx(ahead.mde)
    if ahead.upper > ahead.lower:  # without spread p is 0 or 1, and 1 both ways for no difference
        assert back.p == pytest.approx(1 - ahead.p)


@given(scores, scores, st.permutations(range(24)))
def test_the_order_of_examples_changes_no_figure(one, other, order):
    def reordered(values):
        whole = run(values, clusters=[str(i // 3) for i in range(24)])
        aligned = ("responses", "gold_digests", "prompt_digests")
        moved = {name: tuple(getattr(whole, name)[i] for i in order) for name in aligned}
        return whole, dataclasses.replace(whole, scores={"accuracy": tuple(values[i] for i in order)}, **moved)

    (before, before_moved), (after, after_moved) = reordered(one), reordered(other)
    straight, moved = judge(before, after), judge(before_moved, after_moved)
    names = ("n", "n_clusters", "baseline", "candidate", "delta", "lower", "upper", "p", "mde", "n_worse", "n_better")
    for name in names:
        assert getattr(moved, name) == pytest.approx(getattr(straight, name), abs=1e-9), name


def test_worst_examples_come_with_the_largest_loss_first():
    baseline = run([1.0, 1.0, 0.5, 1.0, 0.9, 0.2], metric="rougeL")
    candidate = run([0.8, 0.0, 0.5, 0.5, 0.0, 1.0], model="tuned", metric="rougeL")  # losses .2 1 0 .5 .9 and a gain

    worst = judge(baseline, candidate, "rougeL").worst

    assert [flip.example_id for flip in worst] == ["e1", "e4", "e3"]
    assert (worst[0].gold, worst[0].baseline_score, worst[0].candidate_score) == ("gold e1", 1.0, 0.0)
    assert (worst[0].baseline_text, worst[0].candidate_text) == ("base on e1", "tuned on e1")


def test_only_worse_examples_are_shown():
    worst = judge(run([1, 1, 0, 0]), run([1, 0, 1, 0])).worst
    assert [flip.example_id for flip in worst] == ["e1"]


def test_worst_examples_of_a_lower_is_better_metric_are_those_that_rose():
    worst = judge(run([0, 1, 0], metric="empty"), run([0, 0, 1], metric="empty"), "empty").worst
    assert [flip.example_id for flip in worst] == ["e2"]


@given(scores, scores)
def test_never_more_than_three_worst_examples(one, other):
    found = judge(run(one), run(other))
    losses = [flip.candidate_score - flip.baseline_score for flip in found.worst]
    assert len(losses) == min(N_WORST, found.n_worse)
    assert losses == sorted(losses)
    assert all(loss < 0 for loss in losses)


@pytest.mark.parametrize(("tier", "n"), [("bundled", 2), ("public", 2), ("licensed", 0), ("credentialed", 0)])
def test_private_data_shows_no_example(tier, n):
    found = judge(run([1, 1], tier=tier), run([0, 0], model="tuned", tier=tier))
    assert (len(found.worst), found.n_worse, found.tier) == (n, 2, tier)
