"""Averages of a run: the paper's own tables recompute, and what can't be averaged says why."""

import csv
import dataclasses

import pytest
from plain_values import make_comparison

from clue_lib.report import averages
from clue_lib.report.published import published_averages, published_metrics
from clue_lib.tasks import TASKS
from clue_lib.types import TaskInfo


def info(task, data="official"):
    tier = "bundled" if data == "bundled" else "public"
    return TaskInfo(name=task, data=data, tier=tier, data_digest="d", prompts_digest="p", n_read=100, n_scored=100)


def every_metric(baseline, candidate, tasks=TASKS):
    values = {"baseline": baseline, "candidate": candidate, "delta": candidate - baseline}
    return [make_comparison(task=name, metric=m, **values) for name in tasks for m in TASKS[name].clue_metrics]


def of_run(comparisons, infos, baseline="x", candidate="y"):
    return {a.name: a for a in averages.of_run(comparisons, infos, baseline=baseline, candidate=candidate)}


def published_rows(root):
    with (root / "clue_lib" / "report" / "published_results.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["source"] == "clue-2024-06"]


@pytest.mark.parametrize(("level", "name"), [("Level 1", "level1"), ("Level 2", "level2")])
def test_level_averages_of_the_paper_recompute_from_its_metrics(root, level, name):
    stated = {row["alias"]: float(row["value"]) for row in published_rows(root) if row["task"] == level}
    recomputed = {alias: published_averages(alias).get(name) for alias in stated}
    close = {alias: value for alias, value in recomputed.items() if value is not None}
    assert len(close) >= 18
    for alias, value in close.items():
        assert 100 * value == pytest.approx(stated[alias], abs=0.011), alias


def test_published_metrics_of_a_known_model_are_the_papers():
    values = published_metrics("OpenBioLLM-8B")
    assert values["longhealth_3", "accuracy"] == pytest.approx(0.0155)  # the paper's table: 1.55
    assert values["nejm", "accuracy"] == pytest.approx(0.30)  # Dorfner et al.: 30 %
    assert values["medisumcode", "code_f1"] == pytest.approx(0.0084)
    assert published_metrics("no-such-model") == {}


def test_a_whole_run_has_every_average_for_both_models():
    found = of_run(every_metric(0.5, 0.25), [info(name) for name in TASKS])
    assert list(found) == [*TASKS, "longhealth", "level1", "level2", "case_challenges", "overall"]
    for average in found.values():
        assert (average.baseline, average.candidate, average.note) == (pytest.approx(0.5), pytest.approx(0.25), "")


def test_a_task_without_result_leaves_its_averages_out_and_says_so():
    present = [name for name in TASKS if name != "meqsum"]
    found = of_run(every_metric(0.5, 0.25, present), [info(name) for name in TASKS])
    assert {name for name, average in found.items() if average.baseline is None} == {"meqsum", "level1", "overall"}
    assert found["level1"].note == found["overall"].note == "left out: no whole result of meqsum"


def test_bundled_and_other_data_are_not_averaged_together():
    infos = [info(name, "bundled" if name == "mednli" else "not the official file") for name in TASKS]
    found = of_run(every_metric(0.5, 0.25), infos)
    assert {name for name, average in found.items() if average.note} == {"level1", "overall"}
    assert "bundled" in found["level1"].note
    assert found["mednli"].baseline == pytest.approx(0.5)


def test_averages_that_the_run_has_no_part_in_are_not_shown():
    found = of_run(every_metric(0.5, 0.25, ["nejm"]), [info("nejm")])
    assert list(found) == ["nejm", "case_challenges"]


def test_published_figures_stand_beside_by_alias():
    found = of_run(every_metric(0.5, 0.25), [info(n) for n in TASKS], "Llama-3-8B-Instruct", "OpenBioLLM-8B")
    level = found["level1"]
    assert level.published_baseline == pytest.approx(0.4837, abs=1e-4)  # the paper's level 1 average, 48.37
    assert level.published_candidate == pytest.approx(0.3320, abs=1e-4)
    assert found["jama"].published_baseline is None or 0 < found["jama"].published_baseline < 1
    assert dataclasses.replace(level, published_baseline=None) != level
