"""Planted defects: each changes what it says, where it says, and is seen by the metric that watches for it."""

import dataclasses

import pytest

from clue_lib.runs import scoring
from clue_lib.runs.defects import LOSSES, defects, planted
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Generation

NAMES = ("mednli", "longhealth_2", "longhealth_3", "problem_summary", "medisumcode")


@pytest.fixture(scope="module")
def runs():
    """A model that always answers ideally; without the metric that embeds."""
    found = {}
    for name in NAMES:
        planned = plan_task(TASKS[name], PromptSettings())
        ideal = [planned.task.ideal(example) for example in planned.examples]
        generations = [Generation(text=t, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for t in ideal]
        kept = tuple(metric for metric in planned.task.clue_metrics if metric != "bertscore_f1")
        planned = dataclasses.replace(planned, task=dataclasses.replace(planned.task, clue_metrics=kept))
        found[name] = scoring.score(planned, generations, model="m", engine="e")
    return found


def mean(run, metric):
    said = [value for value in run.scores[metric] if value is not None]
    return sum(said) / len(said)


def by_name(name, *tasks):
    return next(defect for defect in defects(NAMES) if defect.name == name and defect.tasks == (tasks or defect.tasks))


@pytest.mark.parametrize("task", NAMES)
def test_a_tenth_is_empty_and_a_twentieth_loops(runs, task):
    empty = planted(runs[task], by_name("one answer in ten empty"))
    looping = planted(runs[task], by_name("one answer in twenty looping"))
    changed = sum(r.generation.text == "" for r in empty.responses)
    assert changed == round(0.1 * len(empty.responses))
    assert changed / len(empty.responses) == pytest.approx(mean(empty, "empty"))
    loops = [r for r in looping.responses if r.generation.finish_reason == "length"]
    assert mean(looping, "repetition_loop") == mean(looping, "truncated") == len(loops) / len(looping.responses)
    assert len(loops) == max(1, round(0.05 * len(looping.responses)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("task", "metric"), [("mednli", "accuracy"), ("medisumcode", "code_f1")])
def test_a_loss_is_as_large_as_it_says_but_for_one_answer(runs, task, metric, loss):
    defect = by_name(f"{100 * loss:.0f} points lost", task)
    lost = mean(runs[task], metric) - mean(planted(runs[task], defect), metric)
    assert loss <= lost + 1e-9 < loss + 1 / len(runs[task].responses) + 1e-9


def test_never_f_invents_every_answer_of_longhealth_3(runs):
    run = planted(runs["longhealth_3"], by_name("never says that the letters do not answer"))
    assert mean(runs["longhealth_3"], "answered_unanswerable") == 0
    assert mean(run, "answered_unanswerable") == 1


def test_invented_codes_do_not_exist_and_keep_their_category(runs):
    run = planted(runs["medisumcode"], by_name("one list of codes in five invented"))
    assert mean(run, "invalid_codes") > 0.05
    assert mean(run, "category_f1") == mean(runs["medisumcode"], "category_f1")


def test_always_the_first_option_is_one_answer(runs):
    run = planted(runs["mednli"], by_name("always the first option"))
    assert {r.answer.value for r in run.responses} == {"contradiction"}
    assert mean(run, "answer_collapse") == 1


def test_an_inert_defect_changes_nothing(runs):
    unanswered = planted(runs["medisumcode"], by_name("one answer in ten empty"))
    assert unanswered is not runs["medisumcode"]
    assert planted(runs["mednli"], by_name("negations flipped")) is runs["mednli"]
