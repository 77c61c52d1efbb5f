"""Engines that hang, and templates that only the end of their process can stop: one line, and what is stored stays."""

import pytest

BACKEND = """
import time

import jinja2

from clue_lib.engines import Engine, time_limit
from clue_lib.types import Fingerprint, Generation


class Hanging(Engine):
    name = "hanging"
    args = frozenset({{"batch_size"}})

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name, version="1")

    def __init__(self, weights, adapters, args):
        self._n = 0

    def generate(self, requests, adapter):
        self._n += 1
        if self._n == 2:
            {hang}
        return [Generation(text="x", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for _ in requests]
"""


@pytest.fixture
def hang(run_gate, model_folder, tmp_path):
    """Runs the gate on an engine that answers one chunk and then does this."""

    def run(what, *options):
        file = tmp_path / "hanging.py"
        file.write_text(BACKEND.format(hang=what))
        model = model_folder("model", "")
        given = [f"--model={model}", f"--baseline={model}", f"--backend={file}:Hanging", "--engine-arg=batch_size=4"]
        done = run_gate(*given, "-k", "mednli", "--limit=12", *options)
        assert done.code == 1, done.text
        stored = [line for path in tmp_path.rglob("generations.jsonl") for line in path.read_text().splitlines()]
        assert len(stored) == 4  # the whole chunk before
        failure = done.report["run"]["failure"]
        assert "\n" not in failure
        return failure

    return run


def test_a_chunk_that_hangs_is_ended(hang):
    assert hang("time.sleep(600)", "--chunk-timeout=2").startswith(
        "hanging: ended after 2 s, before 4 prompts of mednli were answered; whole chunks stay; --chunk-timeout allows"
    )


@pytest.mark.slow
def test_so_is_a_run(hang):
    failure = hang("time.sleep(600)", "--run-timeout=8")
    assert failure.startswith("hanging: --run-timeout=8: the time was over before 4 prompts of mednli were answered;")


@pytest.mark.slow
def test_one_long_step_of_a_template_is_ended_with_its_process(hang):
    """A power of numbers holds the interpreter, and every thread of it, until it is done: in years."""
    render = "lambda: jinja2.Template('{{ 9**(9**9) }}').render()"
    assert hang(f"time_limit.within(1, {render})").startswith("hanging: the model's chat template does not end;")


@pytest.mark.parametrize("option", ["--chunk-timeout=0", "--run-timeout=-5", "--chunk-timeout=soon"])
def test_a_time_that_is_none(run_gate, model_folder, option):
    model = model_folder("model", "")
    done = run_gate(f"--model={model}", f"--baseline={model}", "--backend=scripted", option)
    assert done.code == 4
    assert f"ERROR: {option}: it must be " in done.text
