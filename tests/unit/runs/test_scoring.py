"""Scoring once: the same answers are never scored again, other ones or other data are; private values stay beside."""

import dataclasses
from pathlib import Path

import msgspec
import pytest

from clue_lib.metrics import METRICS
from clue_lib.runs import scoring
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Generation, Unparsed


@pytest.fixture
def planned():
    return plan_task(TASKS["mednli"], PromptSettings())


def generations(planned, text="neutral"):
    return [Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for _ in planned.examples]


def run(planned, kept, **changed):
    return scoring.score(planned, generations(planned, **changed), model="m", engine="e", scores_folder=kept)


@pytest.fixture
def calls(monkeypatch):
    """Counts how often accuracy is computed."""
    counted = []
    metric = METRICS["accuracy"]
    spied = dataclasses.replace(metric, score=lambda responses: (counted.append(1), metric.score(responses))[1])
    monkeypatch.setitem(METRICS, "accuracy", spied)
    return counted


def test_a_second_run_computes_nothing_and_says_the_same(planned, tmp_path, calls):
    first, second = run(planned, tmp_path / "kept"), run(planned, tmp_path / "kept")
    assert len(calls) == 1
    assert first == second
    assert set(first.scores["accuracy"]) == {0.0, 1.0}


def test_other_answers_gold_or_versions_are_scored_anew(planned, tmp_path, calls, monkeypatch):
    kept = tmp_path / "kept"
    run(planned, kept)
    assert run(planned, kept, text="entailment").scores != run(planned, kept).scores
    examples = tuple(dataclasses.replace(example, gold="neutral") for example in planned.examples)
    assert set(run(dataclasses.replace(planned, examples=examples), kept).scores["accuracy"]) == {1.0}
    monkeypatch.setitem(METRICS, "accuracy", dataclasses.replace(METRICS["accuracy"], version=99))
    run(planned, kept)
    assert len(calls) == 4


def test_a_file_that_was_cut_off_is_no_score(planned, tmp_path):
    whole = run(planned, tmp_path)
    (path,) = tmp_path.glob("*.json")
    path.write_bytes(path.read_bytes()[:40])
    assert run(planned, tmp_path) == whole


def test_kept_scores_hold_no_text(planned, tmp_path):
    run(planned, tmp_path, text="neutral CANARY-7")
    assert not any(b"CANARY" in path.read_bytes() for path in Path(tmp_path).glob("*.json"))


def test_the_reader_is_told_which_answers_the_limit_cut(planned):
    def parse(text, example, *, is_cut=False):
        return Unparsed(reason=f"cut: {is_cut}")

    told = dataclasses.replace(planned, task=dataclasses.replace(planned.task, parse=parse))
    answers = generations(planned)
    answers[1] = msgspec.structs.replace(answers[1], finish_reason="length")
    reasons = [r.answer.reason for r in scoring.score(told, answers, model="m", engine="e").responses]
    assert reasons == ["cut: False", "cut: True", *["cut: False"] * (len(answers) - 2)]
