"""Figures over several tasks: which tasks count, how they weigh, and why there may be none. Worked by hand."""

import dataclasses

import pytest
from plain_values import make_gate

from clue_lib.judging import Measures, Policy, compare_over_tasks
from clue_lib.judging.gates import WHOLE_RUN
from clue_lib.judging.whole_run import members
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, NotCompared

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
N = 20
TIERS = dict.fromkeys(TASKS, "bundled")


@pytest.fixture
def runs(task_run):
    """Builds both runs of tasks: `candidate` gives the candidate's value of every metric, the baseline's is 1 or 0."""

    def build(candidate, tasks=TASKS, tiers=TIERS):
        found = {}
        for name in tasks:
            base = {m: [1.0] * N for m in TASKS[name].clue_metrics} | {m: [0.0] * N for m in modes(name)}
            both = [
                task_run(
                    {m: [value(name, m, v) for v in values] for m, values in base.items()}, task=name, tier=tiers[name]
                )
                for value in (lambda task, metric, v: v, candidate)
            ]
            found[name] = both[0], dataclasses.replace(both[1], model="tuned")
        return found

    return build


def modes(task):
    return [m for m in TASKS[task].metrics if m in ("unparsed", "answered_unanswerable", "unsupported_concepts")]


def over(found, group, name, gates=()):
    return compare_over_tasks(make_gate(f"{group}.{name}"), found, gates=gates, measures=Measures(POLICY), seed=0)


def lost(*tasks, by=1.0):
    """A candidate that loses `by` of every CLUE metric of these tasks."""
    return lambda task, metric, v: v - by if task in tasks and metric in TASKS[task].clue_metrics else v


def test_longhealth_is_a_third_of_level_2(runs):
    found = over(runs(lost("longhealth_1", "longhealth_2", "longhealth_3")), "averages", "level2")
    assert (found.levels.baseline, found.levels.candidate, found.inference.delta) == pytest.approx((1, 2 / 3, -1 / 3))
    found = over(runs(lost("longhealth_1")), "averages", "level2")
    assert found.inference.delta == pytest.approx(-1 / 9)


def test_each_task_of_level_1_is_a_third_whatever_its_number_of_metrics(runs):
    for task in ("mednli", "meqsum", "problem_summary"):
        assert over(runs(lost(task)), "averages", "level1").inference.delta == pytest.approx(-1 / 3)


def test_case_challenges_are_one_accuracy_over_all_cases(runs):
    found = over(runs(lost("nejm", by=0.5)), "averages", "case_challenges")
    assert found.inference.delta == pytest.approx(-0.25)
    assert (found.n, found.n_worse) == (2 * N, N)
    assert (found.task, found.metric) == ("averages", "case_challenges")


def test_an_average_needs_all_of_its_tasks(runs):
    rest = [name for name in TASKS if name not in ("meqsum", "jama")]
    assert over(runs(lost(), rest), "averages", "level1") == NotCompared(reason="it needs meqsum, which did not run")
    assert over(runs(lost(), rest), "averages", "case_challenges").reason == "it needs jama, which did not run"
    assert isinstance(over(runs(lost(), rest), "averages", "level2"), Comparison)


def test_bundled_and_other_data_are_not_averaged_together(runs):
    found = runs(lost(), tiers=TIERS | {"meqsum": "public"})
    assert "not averaged together" in over(found, "averages", "level1").reason
    assert isinstance(over(found, "averages", "level2"), Comparison)


def test_families_take_only_real_data_where_there_is_any(runs):
    def form_lost(task, metric, v):
        return 1.0 if metric == "unparsed" and task in ("meqsum", "mednli") else v

    found = over(runs(form_lost), "families", "instruction_following")
    assert found.levels.candidate == pytest.approx(2 / (len(TASKS) - 1))  # the monitored set does not count
    real = over(runs(form_lost, tiers=TIERS | {"meqsum": "public"}), "families", "instruction_following")
    assert (real.levels.candidate, real.tier, real.inference.delta) == (1.0, "public", -1.0)


def test_hallucination_is_over_the_tasks_that_can_show_it(runs):
    found = over(
        runs(lambda task, metric, v: 1.0 if metric == "answered_unanswerable" else v), "families", "hallucination"
    )
    # longhealth_3, problem_summary, medisumqa (of the modes given here)
    assert found.levels.candidate == pytest.approx(1 / 3)
    assert over(runs(lost(), ["mednli"]), "families", "hallucination").reason.startswith("no task that ran counts")


def test_the_pooled_test_takes_clues_gated_metrics_and_no_monitors_or_failure_modes(runs):
    gates = [
        make_gate("level1.mednli.accuracy"),
        make_gate("level1.mednli.unparsed"),
        make_gate("case_challenges.nejm.accuracy", role="monitor"),
    ]
    found = over(runs(lost("mednli", "nejm")), "pooled", "any_degradation", gates)
    assert (found.n, found.inference.delta) == (N, -1.0)
    assert found.inference.p < 0.001  # 20 of 20 clusters worse: 2 ** -20 by sign flips


def test_longhealth_is_one_task_of_the_pooled_test():
    longhealth = ("longhealth_1", "longhealth_2", "longhealth_3")
    gates = [make_gate(TASKS[name].gate_id("accuracy")) for name in ("mednli", *longhealth)]
    found = members(make_gate("pooled.any_degradation"), TASKS, gates)
    assert found == [[("mednli", "accuracy")], [(name, "accuracy") for name in longhealth]]


def test_equal_runs_are_exactly_equal_in_every_figure(runs):
    gates = [make_gate(task.gate_id(m)) for task in TASKS.values() for m in task.clue_metrics]
    for group, names in WHOLE_RUN.items():
        for name in names:
            found = over(runs(lost()), group, name, gates)
            assert (found.inference.delta, found.n_worse, found.n_better) == (0, 0, 0)


def test_an_average_without_one_of_its_metrics_says_so_and_the_pooled_test_goes_without(runs, task_run):
    found = runs(lost())
    silent = {m: [None] * N if m == "concept_f1" else [1.0] * N for m in TASKS["medisumqa"].clue_metrics}
    found["medisumqa"] = (task_run(silent, task="medisumqa", tier="bundled"),) * 2
    reason = "medisumqa: concept_f1 is undefined for every example"
    assert over(found, "averages", "level2") == NotCompared(reason=reason)
    gates = [make_gate(f"level2.medisumqa.{m}") for m in TASKS["medisumqa"].clue_metrics]
    assert over(found, "pooled", "any_degradation", gates).inference.delta == 0
