"""What the gate promises of its own errors, on seeded simulated runs; larger in `benchmarks/error_rates.py`.

A promised rate fails when the observed one is significantly on its wrong side, at 1 %.
"""

import dataclasses

import numpy as np
import pytest
from error_rates import PRIMARIES, TASKS, compared, everything_worse, failed, false_held, verdicts
from scipy import stats as scipy_stats
from simulated import FLAGS, LONGHEALTH, OPENBIOLLM_8B, World, changes, from_changes, worse

from clue_lib import stats
from clue_lib.judging.averages import equally
from clue_lib.judging.combine import average
from clue_lib.judging.compare import measure
from clue_lib.stats import mean_effect, share_bounds

pytestmark = pytest.mark.slow

OPTIONS = {"confidence": 0.95, "power": 0.8}
N_RUNS = 150


def at_most(share, promised, n=N_RUNS):
    """Whether an observed share is no evidence against a promised upper limit."""
    return scipy_stats.binomtest(round(share * n), n, promised, alternative="greater").pvalue > 0.01


def at_least(share, promised, n=N_RUNS):
    return at_most(1 - share, 1 - promised, n)


@pytest.fixture(scope="module")
def equal_runs():
    return compared(World(), N_RUNS, seed=11)


@pytest.mark.parametrize("margin", [0.0, None])
def test_an_equal_model_is_rarely_called_worse(equal_runs, margin):
    assert at_most(failed(verdicts(equal_runs, "ci", margin=margin)), 0.05)


def test_an_equal_model_is_rarely_called_worse_where_patients_differ_much():
    world = World(patient=0.3, patient_repeat=0.1, letter=0.05, n_repeats=1)
    assert at_most(failed(verdicts(compared(world, N_RUNS, seed=12), "ci", margin=0.0)), 0.05)


def test_without_the_correction_an_equal_model_is_often_called_worse(equal_runs):
    # 94 gates at 5 % each: the simulation would see errors that are there.
    assert np.mean([any(found.inference.p < 0.05 for found in run.values()) for run in equal_runs]) > 0.9


def test_an_equal_model_passes_release(equal_runs):
    assert at_least(1 - failed(verdicts(equal_runs, "release")), 0.8)


def test_openbiollm_8b_fails():
    runs = compared(World(n_repeats=1, drops=OPENBIOLLM_8B), 50, seed=13)
    for profile in ("ci", "release"):
        assert failed(verdicts(runs, profile)) == 1


def test_a_model_three_points_worse_everywhere_fails():
    runs = compared(World(n_repeats=1, drops=worse(0.03)), 50, seed=14)
    assert failed(verdicts(runs, "ci")) > 0.95


def test_a_drop_of_the_margin_is_rarely_held():
    # Every gate at Δ = −δ: three points of quality, one point of failure modes whose rates are near 0.
    world = World(patient=0.2, drops=everything_worse(0.03, 0.01))
    shares = false_held(compared(world, N_RUNS, seed=15), world)
    assert np.mean(list(shares.values())) <= 0.05
    assert {gate: share for gate, share in shares.items() if not at_most(share, 0.05)} == {}
    assert all(at_most(shares[name], 0.05) for name in PRIMARIES)


@pytest.mark.parametrize("n_repeats", [1, 5])
@pytest.mark.parametrize(("drop", "gained"), [(0.02, 0.0), (0.02, 0.01), (0.05, 0.0)])
def test_rare_failures_that_clump_in_few_patients_are_rarely_held(n_repeats, drop, gained):
    # The worst case seen: 20 patients who share 30 % of the latent variance, failures that are all new.
    draw, n_runs = np.random.default_rng(16), 1000
    patients, held = np.repeat(np.arange(20), 20), 0
    for _ in range(n_runs):
        shared = np.repeat(draw.standard_normal((20, 1)), 20, axis=0)
        latent = np.sqrt(0.3) * shared + np.sqrt(0.7) * draw.standard_normal((400, n_repeats))
        change = changes(latent, churn=drop + 2 * gained, drop=drop)
        held += (
            measure(from_changes("longhealth_1", "empty", change, patients, is_flag=True), **OPTIONS).estimate.lower
            > -drop
        )
    assert held / n_runs <= 0.08


@pytest.mark.parametrize(("n", "n_clusters"), [(72, 24), (237, 237), (416, 208)])
def test_a_drop_of_few_answers_that_are_all_wrong_is_rarely_held(n, n_clusters):
    # A share near 0: a tenth of the answers differ by 0.1 either way, and few by 0.9 are the whole drop of 3 points.
    # By t bounds alone such a drop is held in 11, 10 and 8 % of runs.
    draw, clusters, held, n_runs = np.random.default_rng(21), np.arange(n) * n_clusters // n, 0, 1000
    paired = from_changes("problem_summary", "unsupported_concepts", np.zeros((n, 1)), clusters, is_flag=True)
    for _ in range(n_runs):
        noise = draw.random(n)
        new = 0.9 * (draw.random(n) < 0.03 / 0.9)
        values = {"baseline": 0.1 * (noise < 0.05), "candidate": 0.1 * (noise > 0.95) + new}
        held += measure(dataclasses.replace(paired, is_binary=False, **values), **OPTIONS).estimate.lower > -0.03
    assert at_most(held / n_runs, 0.05, n_runs)


@pytest.fixture(scope="module")
def stated(equal_runs):
    """Each gate's stated MDE."""
    return {name: float(np.median([run[name].inference.mde for run in equal_runs])) for name in equal_runs[0]}


@pytest.fixture(scope="module")
def dropped_runs(stated):
    """Every gate's true drop is its stated MDE."""
    return compared(World(drops=stated), N_RUNS, seed=17)


def is_stated_power(runs, *gates):
    """Whether a share of 80 %, 5 points off at most, of these gates' drops is significant."""
    found = float(np.mean([run[gate].inference.p < 0.05 for run in runs for gate in gates]))
    return at_most(found, 0.85, len(runs) * len(gates)) and at_least(found, 0.75, len(runs) * len(gates))


@pytest.mark.parametrize(
    "gate",
    [
        "nejm.accuracy",
        "jama.accuracy",
        "mednli.accuracy",
        "longhealth_1.accuracy",
        "meqsum.rouge1",
        "medisumcode.code_f1",
    ],
)
def test_a_drop_of_the_stated_mde_is_found_with_the_stated_power(dropped_runs, gate):
    assert is_stated_power(dropped_runs, gate)


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize(
    "tasks",
    [LONGHEALTH, ("mednli", "medisumqa"), tuple(sorted({*TASKS} - {*LONGHEALTH, "mednli", "medisumqa"}))],
    ids=["many answers about few patients", "small clusters", "independent answers"],
)
def test_a_rise_of_a_failure_mode_by_the_stated_mde_is_found_with_the_stated_power(dropped_runs, tasks, name):
    # Tasks together: for the rarest modes whole answers decide, and a run that sees no change states the MDE of a base
    # that never fails, so one task alone is up to 11 points off (MeDiSumQA's template marks, 0.6 changes expected).
    assert is_stated_power(dropped_runs, *(f"{task}.{name}" for task in tasks))


@pytest.mark.parametrize("gate", ["level1", "level2"])
def test_an_averages_mde_is_found_with_the_stated_power(stated, gate):
    assert is_stated_power(compared(World(drops=worse(stated[gate])), N_RUNS, seed=18), gate)


def test_naive_pairs_of_few_patients_raise_false_alarms():
    # 20 patients, 100 answers each: what the clusters are for.
    draw, patients = np.random.default_rng(18), np.repeat(np.arange(20), 100)
    naive, clustered = 0, 0
    for _ in range(N_RUNS):
        values = np.repeat(draw.normal(scale=0.3, size=20), 100) + draw.normal(size=2000)
        naive += stats.student(mean_effect(values, np.arange(2000)), **OPTIONS).p < 0.05
        clustered += stats.student(mean_effect(values, patients), **OPTIONS).p < 0.05
    assert naive / N_RUNS > 0.15
    assert at_most(clustered / N_RUNS, 0.05)


def test_patients_shared_by_tasks_are_not_counted_thrice():
    # Three tasks whose patients matter alike: taken for sixty patients they would raise twice the false alarms.
    draw, alarms = np.random.default_rng(19), 0
    patients = np.repeat(np.arange(20), 20)
    for _ in range(N_RUNS):
        shared = np.repeat(draw.standard_normal((20, 1)), 20, axis=0)
        tasks = [
            from_changes(
                name, "accuracy", changes(np.sqrt(0.3) * shared + np.sqrt(0.7) * noise, churn=0.3, drop=0), patients
            )
            for name, noise in zip("abc", draw.standard_normal((3, 400, 1)), strict=True)
        ]
        weighted = equally([[measure(one, **OPTIONS)] for one in tasks])
        alarms += average(weighted, task="x", metric="average").inference.p < 0.05
    assert at_most(alarms / N_RUNS, 0.05)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_a_floor_is_rarely_passed_by_accident(share):
    # A model exactly at the floor: its lower bound is above it in at most 5 % of runs, clusters or not.
    draw, passed = np.random.default_rng(20), 0
    patients = np.repeat(np.arange(40), 10)
    for _ in range(400):
        latent = np.sqrt(0.2) * np.repeat(draw.standard_normal(40), 10) + np.sqrt(0.8) * draw.standard_normal(400)
        values = (latent < scipy_stats.norm.ppf(share)).astype(float)
        passed += share_bounds(values, patients, confidence=0.95)[0] > share
    assert at_most(passed / 400, 0.05, 400)
