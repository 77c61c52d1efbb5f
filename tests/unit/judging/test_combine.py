"""Several metrics' differences as one: averages, pooled examples, the pooled test. Figures are worked by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest

from clue_lib.errors import PairingError
from clue_lib.judging.averages import equally
from clue_lib.judging.combine import any_degradation, average, pool
from clue_lib.judging.compare import measure
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
    assert one.startswith("average|v1|")


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
    found = any_degradation(equally(tasks), seed=0, task="all", metric="any_degradation")
    assert found.inference.p == pytest.approx(1 / 64, abs=0.004)
    assert (found.inference.delta, found.inference.n_clusters, found.method) == (-0.5, 6, "sign flips")
    assert found == any_degradation(equally(tasks), seed=0, task="all", metric="any_degradation")


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
    pooled = any_degradation([(1.0, measure(pair(*runs, "accuracy"), **OPTIONS))], seed=0, task="pooled", metric="x")
    assert pooled.levels is None


def test_pooled_tasks_stand_together(task_run):
    parts = [
        pair(task_run([1.0, None], task=task, tier=tier), task_run([0.0, None], task=task, tier=tier), "accuracy")
        for task, tier in (("nejm", "licensed"), ("jama", "public"))
    ]
    found = pool(parts, "case_challenges")
    assert (found.task, found.metric, found.tier) == ("case_challenges", "accuracy", "licensed")
    assert (found.deltas.tolist(), found.n_excluded, found.is_binary) == ([-1, -1], 2, True)
