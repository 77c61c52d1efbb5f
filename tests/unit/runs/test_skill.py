"""Skill: nobody's answer is held against its own cluster's gold, and who says one thing to everything has none."""

import dataclasses
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.metrics import METRICS
from clue_lib.runs.skill import derangement, skills
from clue_lib.tasks import TASKS
from clue_lib.types import Example, Generation, Response, TaskRun

sizes = st.lists(st.integers(1, 6), min_size=2, max_size=20).filter(lambda each: 2 * max(each) <= sum(each))


def run_of(task, golds, answers, clusters=None):
    """A scored run of a task with lettered options."""
    clusters = clusters or [str(i) for i in range(len(golds))]
    responses = []
    for i, (gold, text, cluster) in enumerate(zip(golds, answers, clusters, strict=True)):
        example = Example(id=str(i), cluster=cluster, fields={}, gold=gold, options=("a", "b", "c", "d", "e", "f"))
        generation = Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
        answer = TASKS[task].parse(text, example)
        responses.append(Response(example=example, generation=generation, answer=answer))
    return TaskRun(
        task=task, model="m", tier="public", engine="e", responses=tuple(responses), gold_digests=tuple(golds),
        prompt_digests=tuple(clusters), scores={"accuracy": tuple(METRICS["accuracy"].score(responses))},
        signatures={"accuracy": METRICS["accuracy"].signature},
    )  # fmt: skip


@given(sizes, st.integers(0, 5))
def test_every_gold_is_used_once_and_never_in_its_own_cluster(sizes, seed):
    clusters = [f"c{i}" for i, size in enumerate(sizes) for _ in range(size)]
    places = derangement(clusters, seed)
    assert sorted(places) == list(range(len(clusters)))
    assert all(clusters[i] != clusters[place] for i, place in enumerate(places))


def test_a_cluster_of_more_than_half_can_not_be_deranged():
    assert derangement(["a", "a", "b"], 0) is None
    assert derangement(["a", "a", "b", "b"], 0) == (2, 3, 0, 1)


def test_always_the_same_answer_has_no_skill_whatever_it_scores():
    golds = "AAAAAAABCD"
    skill = skills(run_of("nejm", golds, ["A"] * 10), {}, seed=0)["accuracy"]
    assert sum(skill.gains) == 0  # right seven times, and seven times of ten with golds moved about
    assert len(skill.gains) == 10


def test_right_answers_gain_where_golds_differ_by_hand():
    # Golds A, B by turns, each cluster alone: moved by one place in hash order some meet their like, others do not.
    golds = list("ABABABAB")
    run = run_of("nejm", golds, golds)
    places = derangement([r.example.cluster for r in run.responses], 0)
    met = sum(golds[i] == golds[place] for i, place in enumerate(places))
    assert sum(skills(run, {}, seed=0)["accuracy"].gains) == 8 - met


def test_longhealth_3_is_deranged_together_with_longhealth_2():
    patients = [f"p{i % 5}" for i in range(20)]
    never = run_of("longhealth_3", "F" * 20, ["F"] * 20, patients)
    other = run_of("longhealth_2", "ABCDE" * 4, ["F"] * 20, patients)
    alone = skills(never, {}, seed=0)["accuracy"]
    assert set(alone.gains) == {0.0}  # all golds are F: right with any of them
    pooled = skills(never, {"longhealth_2": other}, seed=0)["accuracy"]
    assert len(pooled.gains) == 40
    assert sum(pooled.gains) == 0  # who always says F
    telling = run_of("longhealth_2", "ABCDE" * 4, "ABCDE" * 4, patients)
    assert sum(skills(never, {"longhealth_2": telling}, seed=0)["accuracy"].gains) > 10


def test_repeats_of_a_question_are_one_value():
    run = run_of("nejm", "ABCDEF", "ABCDEF")
    again = dataclasses.replace(
        run,
        responses=tuple(
            dataclasses.replace(r, example=dataclasses.replace(r.example, id="x", cluster="x"))
            if r.example.id in "01" else r
            for r in run.responses
        ),
    )  # fmt: skip
    skill = skills(again, {}, seed=0)["accuracy"]
    assert Counter(skill.clusters) == {"x": 1, "2": 1, "3": 1, "4": 1, "5": 1}


def test_skill_is_kept_and_read_back(tmp_path, monkeypatch):
    run = run_of("nejm", "ABCDEF", "ABCDEF")
    first = skills(run, {}, seed=0, folder=tmp_path)
    monkeypatch.setitem(METRICS, "accuracy", dataclasses.replace(METRICS["accuracy"], score=None))
    assert skills(run, {}, seed=0, folder=tmp_path) == first
    with pytest.raises(TypeError):
        skills(run, {}, seed=1, folder=tmp_path)


@pytest.mark.parametrize("task", [task for task in TASKS.values() if not task.is_monitored], ids=lambda task: task.name)
def test_every_task_has_a_metric_that_can_tell_whether_a_model_can_do_it(task):
    assert METRICS[task.clue_metrics[0]].uses_gold
