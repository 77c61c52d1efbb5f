"""Comparing: which way is better, and which method the data gets. Figures are worked by hand."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import stats
from clue_lib.judging import Measures, Policy
from clue_lib.judging.compare import describe, measure
from clue_lib.judging.pairing import pair
from clue_lib.metrics import METRICS
from clue_lib.metrics.base import Corpus
from clue_lib.stats import mcnemar, mean_effect

scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=24, max_size=24)
flags = st.lists(st.sampled_from([0.0, 1.0]), min_size=24, max_size=24)
OPTIONS = {"confidence": 0.95, "power": 0.8}
FIGURES = ("n", "inference", "levels", "n_worse", "n_better")


def judge(baseline, candidate, metric="accuracy"):
    return Measures(Policy(**OPTIONS, min_clusters=10, min_net_examples=3)).compare(baseline, candidate, metric)


def measured(baseline, candidate, metric="accuracy"):
    return measure(pair(baseline, candidate, metric), **OPTIONS)


def test_models_may_differ(task_run):
    assert judge(task_run([1.0, 0.0]), task_run([1.0, 0.0], model="tuned")).inference.delta == 0


def test_figures_by_hand(task_run):
    # Four examples in two clusters; differences −1/2, 0 | +1/2, −1/2: mean −1/8, residual sums −1/4 and +1/4,
    # variance 2/1 · (1/16 + 1/16) / 4² = 1/64. t(1) is Cauchy's, so p = 1/2 + atan(−1) / π = 1/4.
    clusters = ["a", "a", "b", "b"]
    found = judge(task_run([1, 1, 0, 1], clusters=clusters), task_run([0.5, 1, 0.5, 0.5], clusters=clusters))
    assert (found.n, found.n_excluded, found.inference.n_clusters, found.n_worse, found.n_better) == (4, 0, 2, 2, 1)
    assert (found.levels.baseline, found.levels.candidate, found.inference.delta) == (0.75, 0.625, -0.125)
    assert (found.inference.p, found.inference.freedom) == (pytest.approx(0.25), 1)
    assert (found.method, found.signature) == ("cluster t", "accuracy|v1")
    # Independent examples: residuals −3/8, 1/8, 5/8, −3/8, so 44/64 over 4 · 3, which is 11/192.
    assert found.inference.design_effect == pytest.approx(3 / 11)


@pytest.mark.parametrize(("metric", "delta", "n_worse"), [("accuracy", 0.25, 0), ("empty", -0.25, 1)])
def test_positive_is_better_whatever_the_metric(task_run, metric, delta, n_worse):
    found = judge(task_run([0, 0, 0, 1], metric=metric), task_run([1, 0, 0, 1], metric=metric), metric)
    assert (found.inference.delta, found.n_worse, found.n_better) == (delta, n_worse, 1 - n_worse)
    assert (found.levels.baseline, found.levels.candidate) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("values", "metric", "clusters", "n_repeats", "method"),
    [
        ([1, 0, 1, 0], "accuracy", None, 1, "McNemar"),
        ([1, 0, 1, 0], "accuracy", ["a", "b", "b", "c"], 1, "cluster score"),
        ([1, 0, 1, 0], "accuracy", None, 2, "cluster score"),
        ([1, 0.5, 1, 0], "accuracy", None, 1, "cluster t"),
        ([1, 0.5, 1, 0], "unsupported_concepts", None, 1, "cluster score"),
        ([1, 0.5, 1, 0], "invalid_codes", ["a", "b", "b", "c"], 1, "cluster score"),
    ],
)
def test_the_data_chooses_the_method(task_run, values, metric, clusters, n_repeats, method):
    baseline = task_run([1, 1, 0, 1], metric=metric, clusters=clusters, n_repeats=n_repeats)
    candidate = task_run(values, metric=metric, clusters=clusters, n_repeats=n_repeats)
    assert judge(baseline, candidate, metric).method == method


def test_what_got_worse_on_balance_counts_examples_of_flags_and_the_mass_of_shares(task_run):
    # By hand: of three flags asked twice, two got worse by a half and one better: 1. Of shares, 0.5 − 0.25.
    flag = judge(task_run([1, 1, 1, 1, 0, 0], n_repeats=2), task_run([1, 0, 0, 1, 0, 1], n_repeats=2))
    share = judge(task_run([1, 0.5, 0.25]), task_run([0.5, 0.75, 0.25]))
    assert (flag.net_worse, share.net_worse) == (1, 0.25)


def test_the_mde_of_flags_knows_how_often_answers_fail(task_run):
    # Of 140 independent pairs the base fails 10, the candidate 14 (by hand: 24 of 280 answers), 2 gained and 6 lost.
    baseline, candidate = [0] * 10 + [1] * 130, [0] * 8 + [1] * 2 + [0] * 6 + [1] * 124
    found = measured(task_run(baseline), task_run(candidate))
    deltas = np.array(candidate) - np.array(baseline)
    expected = stats.flags(
        deltas.astype(float), mean_effect(deltas, np.arange(140)), failing=24 / 280, n_repeats=1, **OPTIONS
    )
    assert (found.estimate.mde, found.estimate.p) == (expected.mde, expected.p)
    as_failures = {"metric": "empty"}
    failed = measured(
        task_run([1 - value for value in baseline], **as_failures),
        task_run([1 - value for value in candidate], **as_failures),
        "empty",
    )
    assert (failed.estimate.mde, failed.estimate.p) == (expected.mde, expected.p)


def test_independent_answers_get_mcnemars_p(task_run):
    found = judge(task_run([1] * 9 + [0] * 11), task_run([0] * 9 + [1] * 2 + [0] * 9))
    assert (found.n_worse, found.n_better) == (9, 2)
    assert found.inference.p == mcnemar(2, 9)


@pytest.fixture
def folded(monkeypatch):
    """A metric of the whole run: twice the hits over what was predicted and expected."""
    corpus = Corpus(statistics=lambda responses: None, fold=lambda sums: 2 * sums[..., 0] / sums[..., 1])
    for better in ("higher", "lower"):
        monkeypatch.setitem(METRICS, better, dataclasses.replace(METRICS["accuracy"], better=better, corpus=corpus))


@pytest.mark.parametrize(("better", "sign"), [("higher", 1), ("lower", -1)])
@pytest.mark.usefixtures("folded")
def test_a_fold_is_no_mean(task_run, better, sign):
    # Hits 3 of 6 against 1 of 6; each answer's own share is another matter.
    rows = {"baseline": [(2.0, 4.0), (1.0, 2.0)], "candidate": [(1.0, 4.0), (0.0, 2.0)]}
    baseline, candidate = (
        task_run([1, 0], metric=better, statistics={better: tuple(rows[side])}) for side in ("baseline", "candidate")
    )
    found = judge(baseline, candidate, better)
    assert (found.levels.baseline, found.levels.candidate) == (1, pytest.approx(1 / 3))
    assert (found.inference.delta, found.method) == (pytest.approx(-sign * 2 / 3), "jackknife")
    assert (found.n_worse, found.n_better) == (0, 0)


@given(
    st.sampled_from(sorted(name for name in METRICS if not METRICS[name].corpus)),
    st.one_of(st.tuples(scores, scores), st.tuples(flags, flags)),
    st.integers(1, 3),
)
def test_swapping_the_models_mirrors_the_comparison(task_run, metric, values, size):
    clusters = [str(i // size) for i in range(24)]
    one, other = (task_run(of_run, metric=metric, clusters=clusters) for of_run in values)
    there, back = judge(one, other, metric), judge(other, one, metric)
    ahead, behind = there.inference, back.inference
    assert (behind.delta, behind.lower, behind.upper) == pytest.approx((-ahead.delta, -ahead.upper, -ahead.lower))
    assert (back.n_worse, back.n_better) == (there.n_better, there.n_worse)
    assert (back.levels.baseline, back.levels.candidate) == (there.levels.candidate, there.levels.baseline)
    assert (behind.mde, back.method) == (pytest.approx(ahead.mde), there.method)
    if there.method == "McNemar":  # p of at least so many and of at most so many count the same table twice
        assert behind.p + ahead.p >= 1
    elif there.method == "cluster t":  # each p is the larger of two
        assert behind.p + ahead.p >= 1 - 1e-9
    elif ahead.design_effect > 0 and ahead.upper > ahead.lower:  # without spread p is 0 or 1
        assert behind.p == pytest.approx(1 - ahead.p, abs=1e-9) or (behind.p, ahead.p) == (1, 1)


@given(st.sampled_from(["accuracy", "empty"]), st.one_of(scores, flags), st.integers(1, 3))
def test_identical_answers_differ_by_exactly_nothing(task_run, metric, values, size):
    run = task_run(values, metric=metric, clusters=[str(i // size) for i in range(24)])
    found = judge(run, run, metric)
    assert (found.inference.delta, found.inference.p, found.n_worse, found.n_better) == (0, 1, 0, 0)
    assert found.inference.lower <= 0 <= found.inference.upper


@given(scores, scores, st.permutations(range(24)))
def test_the_order_of_examples_changes_no_figure(task_run, one, other, order):
    def reordered(run):
        moved = {
            name: tuple(getattr(run, name)[i] for i in order)
            for name in ("responses", "gold_digests", "prompt_digests")
        }
        return dataclasses.replace(run, scores={"accuracy": tuple(run.scores["accuracy"][i] for i in order)}, **moved)

    before, after = (task_run(values, clusters=[str(i // 3) for i in range(24)]) for values in (one, other))
    straight, moved = judge(before, after), judge(reordered(before), reordered(after))
    assert [getattr(moved, name) for name in FIGURES] == [getattr(straight, name) for name in FIGURES]


def test_what_is_left_out_is_counted(task_run):
    found = describe(measured(task_run([1.0, None, 0.0]), task_run([1.0, None, 1.0])))
    assert (found.n, found.n_excluded) == (2, 1)


@pytest.mark.usefixtures("folded")
def test_a_folds_own_bounds_are_those_of_its_jackknife(task_run):
    """Half of 40 answers hit: the fold is a mean, its jackknife variance 0.25 / 39; t(39) at 95 % is 1.6849."""
    rows = ((1.0, 2.0), (0.0, 2.0)) * 20
    runs = [task_run([1, 0] * 20, metric="higher", model=name, statistics={"higher": rows}) for name in "ab"]
    found = judge(*runs, "higher")
    assert found.levels.candidate == 0.5
    assert found.levels.candidate_lower == pytest.approx(0.5 - 1.6849 * np.sqrt(0.25 / 39), abs=1e-5)
    assert found.levels.candidate_upper == pytest.approx(0.5 + 1.6849 * np.sqrt(0.25 / 39), abs=1e-5)
