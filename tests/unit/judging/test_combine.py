"""Several metrics' differences as one: averages, pooled examples, the pooled test. Figures are worked by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest
from scipy.stats import t as scipy_t

from clue_lib.errors import PairingError
from clue_lib.judging.averages import equally
from clue_lib.judging.combine import any_degradation, average, normalised, pool
from clue_lib.judging.compare import Asked, measure
from clue_lib.judging.pairing import pair

OPTIONS = {"confidence": 0.95, "power": 0.8}


def measured(baseline, candidate, metric="accuracy"):
    return measure(pair(baseline, candidate, metric), **OPTIONS)


def groups(task_run, *, tier="public"):
    """A task with two metrics and one with one, of two examples each."""
    two = {"rouge1": [0.4, 0.8], "rougeL": [0.2, None]}, {"rouge1": [0.2, 0.8], "rougeL": [0.3, None]}
    first, second = (task_run(of_run, task="meqsum") for of_run in two)
    one, other = (task_run(values, task="jama", tier=tier) for values in ([1.0, 1.0], [1.0, 0.0]))
    return [
        [measured(first, second, "rouge1"), measured(first, second, "rougeL")],
        [measured(one, other)],
    ]


def test_an_average_by_hand(task_run):
    # MeQSum: ROUGE-1 60 to 50, ROUGE-L 20 to 30, so 40 to 40; JAMA 100 to 50: the average 70 to 45.
    found = average(equally(groups(task_run)), task="level1", metric="average")
    assert (found.levels.baseline, found.levels.candidate, found.inference.delta) == pytest.approx((0.7, 0.45, -0.25))
    assert (found.task, found.metric, found.tier, found.method) == ("level1", "average", "public", "average")
    assert (found.n, found.n_excluded, found.n_worse, found.n_better) == (4, 0, 2, 1)


def test_an_averages_signature_names_its_parts(task_run):
    one = average(equally(groups(task_run)), task="level1", metric="average").signature
    assert one == average(equally(groups(task_run)[::-1]), task="level1", metric="average").signature
    assert one != average(equally(groups(task_run)[1:]), task="level1", metric="average").signature
    assert one.startswith("average|v2|")


def test_bundled_data_is_never_averaged_with_other(task_run):
    with pytest.raises(PairingError, match=r"^level1: bundled and real data are never averaged"):
        average(equally(groups(task_run, tier="bundled")), task="level1", metric="average")


def test_the_pooled_test_flips_whole_clusters(task_run):
    # Three tasks on the same 6 patients, each patient worse in all of them: of 64 flips one is as low.
    clusters = [f"patient {i // 2}" for i in range(12)]
    tasks = [
        [
            measured(
                task_run([1.0] * 12, task=task, clusters=clusters), task_run([0.5] * 12, task=task, clusters=clusters)
            )
        ]
        for task in ("longhealth_1", "longhealth_2", "longhealth_3")
    ]
    found = any_degradation(tasks, seed=0, task="all", metric="any_degradation")
    assert found.inference.p == pytest.approx(1 / 64, abs=0.004)
    assert (found.inference.delta, found.inference.n_clusters, found.method) == (-0.5, 6, "sign flips")
    assert found == any_degradation(tasks, seed=0, task="all", metric="any_degradation")


def test_in_the_pooled_test_a_loss_counts_by_how_surely_it_is_known(task_run):
    # By hand: 20 answers of one task each lose 0.5 and shares of 0.5 / 20 have the norm 0.5 / √20; of the other half
    # lose 1 and half gain 1, the norm of 1 / 20 is 1 / √20. So the first counts twice: −0.5 · 2/3 + 0 · 1/3.
    sure = measured(task_run([1.0] * 20, task="meqsum"), task_run([0.5] * 20, task="meqsum"))
    noisy = measured(task_run([1.0, 0.0] * 10, task="jama"), task_run([0.0, 1.0] * 10, task="jama"))
    equal = measured(task_run([1.0] * 20, task="nejm"), task_run([1.0] * 20, task="nejm"))
    weights = [weight for weight, _ in normalised([[sure], [noisy], [equal], []])]
    assert weights == pytest.approx([2 / 3, 1 / 3])
    found = any_degradation([[sure], [noisy], [equal]], seed=0, task="all", metric="any_degradation")
    assert found.inference.delta == pytest.approx(-1 / 3)
    assert (found.n, found.n_worse, found.n_better) == (60, 30, 10)
    assert [weight for weight, _ in normalised([[equal], [equal, equal]])] == pytest.approx([1 / 2, 1 / 4, 1 / 4])


def test_metrics_of_one_task_share_its_weight(task_run):
    both = {"rouge1": [1.0] * 10, "rougeL": [1.0] * 10}, {"rouge1": [0.5] * 10, "rougeL": [0.9] * 10}
    first, second = (task_run(of_run, task="meqsum") for of_run in both)
    group = [measured(first, second, name) for name in ("rouge1", "rougeL")]
    assert [weight for weight, _ in normalised([group])] == pytest.approx([0.5, 0.5])


def test_an_averages_mde_after_the_correction_is_as_many_errors_further_away(task_run):
    asked = Asked(confidence=0.95, power=0.8, corrected=0.999)
    before, after = task_run([0.5, 0.25, 0.5, 0.75] * 5), task_run([0.25, 0.5, 0.5, 0.5] * 5)
    found = average([(1.0, measured(before, after))], task="averages", metric="level1", asked=asked).inference
    usual, strict, reach = scipy_t.ppf([0.95, 0.999, 0.8], 19)  # scipy 1.17.1
    assert found.mde_corrected / found.mde == pytest.approx((strict + reach) / (usual + reach))
    alone = average([(1.0, measured(before, after))], task="averages", metric="level1").inference
    assert (alone.mde, alone.mde_corrected) == (found.mde, found.mde)


def test_an_averages_own_bounds_are_made_of_its_parts(task_run):
    """Of two tasks with 20 answers each, half of them right: exact bounds by scipy's binomtest, joined by hand.

    MOVER (Zou 2007) without correlation: the distance is the root of the sum of the squared weighted distances.
    """
    half = [1, 0] * 10
    groups = []
    for task in ("nejm", "jama"):
        runs = [task_run(half, task=task, model=model) for model in ("base", "tuned")]
        groups.append([measure(pair(*runs, "accuracy"), **OPTIONS)])
    exact = binomtest(10, 20).proportion_ci(0.9, method="exact")  # one-sided 95 % is two-sided 90 %
    found = average(equally(groups), task="averages", metric="level1")
    assert found.levels.candidate_lower == pytest.approx(0.5 - np.sqrt(2 * (0.5 * (0.5 - exact.low)) ** 2))
    assert found.levels.candidate_upper == pytest.approx(0.5 + np.sqrt(2 * (0.5 * (exact.high - 0.5)) ** 2))


def test_a_sum_of_what_is_better_high_and_low_has_no_value_of_its_own(task_run):
    runs = [task_run([1, 0] * 10, model=model) for model in ("base", "tuned")]
    pooled = any_degradation([[measure(pair(*runs, "accuracy"), **OPTIONS)]], seed=0, task="pooled", metric="x")
    assert pooled.levels is None


def test_pooled_tasks_stand_together(task_run):
    parts = [
        pair(task_run([1.0, None], task=task, tier=tier), task_run([0.0, None], task=task, tier=tier), "accuracy")
        for task, tier in (("nejm", "licensed"), ("jama", "public"))
    ]
    found = pool(parts, "case_challenges")
    assert (found.task, found.metric, found.tier) == ("case_challenges", "accuracy", "licensed")
    assert (found.deltas.tolist(), found.n_excluded, found.is_binary) == ([-1, -1], 2, True)
