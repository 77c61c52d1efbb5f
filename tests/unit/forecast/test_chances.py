"""Planning's arithmetic: by hand, by scipy, and by what science.md states of the official data."""

import dataclasses
import math

import numpy as np
import pytest
from error_rates import compared
from hypothesis import given
from hypothesis import strategies as st
from plain_values import make_gate
from scipy import stats as scipy_stats
from simulated import World

from clue_lib.forecast import assumptions, chances
from clue_lib.forecast.assumptions import Sample, Spread
from clue_lib.judging import Policy, thresholds
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03)
OFFICIAL = {
    "mednli": (3,) * 474,
    "meqsum": (1,) * 1000,
    "problem_summary": (1,) * 237,
    **{f"longhealth_{i}": (20,) * 20 for i in (1, 2, 3)},
    "medisumqa": (2,) * 208,
    "medisumcode": (1,) * 500,
    "nejm": (1,) * 347,
    "jama": (1,) * 140,
}
errors = st.floats(1e-4, 0.2)


def official(n_repeats=1, tier="public"):
    return {
        name: Sample(task=name, tier=tier, sizes=sizes, n_repeats=n_repeats if name.startswith("long") else 1)
        for name, sizes in OFFICIAL.items()
    }


def planned(samples, root, absent=()):
    gates = thresholds.load(root / "thresholds.toml").gates
    spreads = {key: value for one in samples.values() for key, value in assumptions.assumed_spreads(one).items()}
    missing = dict.fromkeys(["mcq", *absent], "no data")
    return chances.forecasts(gates, spreads, samples, policy=POLICY, absent=missing)


def spread(error, freedom=100.0, task="mednli", n_clusters=101):
    return Spread(task=task, standard_error=error, freedom=freedom, n_clusters=n_clusters)


def test_every_metric_and_family_of_every_task_has_a_spread():
    for task in TASKS.values():
        found = assumptions.assumed_spreads(Sample(task=task.name, tier="public", sizes=(1, 2, 3)))
        families = {METRICS[name].family for name in task.metrics} - {None}
        assert {name for _, name in found} == set(task.metrics) | families
        assert all(0 < one.standard_error < math.inf and one.freedom == 2 for one in found.values())


def test_the_error_of_independent_answers():
    """JAMA: a share of 0.3 changes among 140 answers, so the error is the root of 0.3 / 140."""
    found = assumptions.assumed_spreads(Sample(task="jama", tier="public", sizes=(1,) * 140))
    assert found["jama", "accuracy"].standard_error == pytest.approx(math.sqrt(0.3 / 140))


def test_the_error_of_clustered_and_repeated_answers():
    """20 patients of 20 questions, twice each: 0.3 (0.07 / 20 + 0.036 / 40 + 0.22 / 400 + 0.674 / 800)."""
    found = assumptions.assumed_spreads(Sample(task="longhealth_1", tier="public", sizes=(20,) * 20, n_repeats=2))
    by_hand = 0.3 * (0.07 / 20 + 0.036 / 40 + 0.22 / 400 + 0.674 / 800)
    assert found["longhealth_1", "accuracy"].standard_error ** 2 == pytest.approx(by_hand)


def test_the_error_of_texts():
    """MeQSum's ROUGE-1: deviation 0.2, agreement 0.6, 1,000 texts: 2 · 0.04 · 0.4 / 1000."""
    found = assumptions.assumed_spreads(Sample(task="meqsum", tier="public", sizes=(1,) * 1000))
    assert found["meqsum", "rouge1"].standard_error ** 2 == pytest.approx(2 * 0.04 * 0.4 / 1000)


@pytest.mark.parametrize(
    ("gate", "points"),
    [
        ("case_challenges.jama.accuracy", 12),
        ("case_challenges.nejm.accuracy", 8),
        ("level1.mednli.accuracy", 3),
        ("level2.longhealth_1.accuracy", 10),
    ],
)
def test_official_data_sees_what_science_md_says(root, gate, points):
    """Section 3 states these MDEs, "about"; LongHealth with the repeats of `release`."""
    found = {one.gate.id: one for one in planned(official(n_repeats=5), root)}
    assert 100 * found[gate].mde == pytest.approx(points, abs=1)


@given(errors, st.integers(10, 2000))
def test_chances_are_students(error, n_clusters):
    """scipy's non-central t: the lower bound is above the margin when t exceeds its quantile; MDE as in the gate."""
    found = chances.forecast(GATE, spread(error, n_clusters - 1, n_clusters=n_clusters), POLICY)
    freedom, quantile = n_clusters - 1, scipy_stats.t.ppf(0.95, n_clusters - 1)
    assert found.holds == pytest.approx(scipy_stats.nct.sf(quantile, freedom, 0.03 / error), abs=1e-6)
    assert found.stays == pytest.approx(scipy_stats.t.cdf(0.03 / error, freedom))
    assert found.mde == pytest.approx((quantile + scipy_stats.t.ppf(0.8, freedom)) * error)


@given(errors, errors)
def test_a_larger_error_never_holds_oftener(one, other):
    small, large = (chances.forecast(GATE, spread(error), POLICY) for error in sorted((one, other)))
    assert small.holds >= large.holds - 1e-9
    assert (small.needed or 0) <= (large.needed or 0)


def test_needed_clusters_grow_with_the_square_of_the_shortfall():
    """An MDE of twice the margin takes four times the clusters."""
    reach = scipy_stats.t.ppf(0.95, 100) + scipy_stats.t.ppf(0.8, 100)
    found = chances.forecast(GATE, spread(0.06 / reach * 0.9999999), POLICY)
    assert found.needed == 404
    assert chances.forecast(GATE, spread(0.029 / reach), POLICY).needed is None


def test_without_a_margin_an_equal_model_holds_by_chance_only():
    """A bound above zero is a false alarm the other way: 5 %; and half of all differences lie below zero."""
    found = chances.forecast(dataclasses.replace(GATE, margin=0.0), spread(0.01), POLICY)
    assert (found.holds, found.stays, found.needed) == (pytest.approx(0.05), pytest.approx(0.5), None)


def test_identical_answers_hold_and_too_few_clusters_never_do():
    assert chances.forecast(GATE, spread(0.0), POLICY).holds == 1.0
    few = chances.forecast(GATE, spread(0.001, freedom=8, n_clusters=9), POLICY)
    assert (few.holds, few.needed, few.mde) == (0.0, 10, math.inf)


def test_release_is_the_product_over_the_primaries(root):
    samples = official(n_repeats=5)
    found = planned(samples, root)
    passing = chances.of_profiles(found, samples, POLICY)
    primaries = [one.holds for one in found if one.gate.role == "primary"]
    assert len(primaries) == 5
    assert passing["release"] == pytest.approx(math.prod(primaries))
    assert passing["point"] == pytest.approx(math.prod(one.stays for one in found))
    assert passing["ci"] == passing["smoke"] == 0.95


def test_release_never_passes_bundled_or_missing_data(root):
    bundled = official(tier="bundled")
    assert chances.of_profiles(planned(bundled, root), bundled, POLICY)["release"] == 0.0
    partial = {name: one for name, one in official().items() if name != "nejm"}
    found = planned(partial, root, absent=["nejm"])
    assert chances.of_profiles(found, partial, POLICY)["release"] == 0.0
    open_ = {one.gate.id: one.reason for one in found if one.spread is None}
    assert open_["case_challenges.nejm.accuracy"] == "no data"
    assert open_["averages.case_challenges"] == "it needs nejm, which have no data"


def test_averages_are_never_of_bundled_and_other_data(root):
    mixed = official() | {"jama": dataclasses.replace(official()["jama"], tier="bundled")}
    open_ = {one.gate.id: one.reason for one in planned(mixed, root) if one.spread is None}
    assert open_ == {"averages.case_challenges": "bundled and real data are not averaged together"}


def test_averages_see_what_the_simulation_sees(root):
    """Medians of 20 runs of benchmarks/simulated.py, through the gate's own statistics; they vary by a tenth."""
    runs = compared(World(), 20, seed=1)
    found = {one.gate.metric: one for one in planned(official(n_repeats=5), root) if one.gate.role == "primary"}
    for name in ("level1", "level2", "case_challenges", "hallucination", "instruction_following"):
        simulated = np.median([run[name].inference.mde for run in runs])
        assert found[name].mde == pytest.approx(simulated, rel=0.25), name
