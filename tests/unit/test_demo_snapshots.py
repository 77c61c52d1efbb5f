"""The demo's recorded snapshots: all there, and of the prompts, data and metrics of today. Else `make gate` skips them.

pytest --model=fixtures/adapters/exam-qa --merge-adapter --backend=vllm -k snapshot --snapshot-update
pytest --model=SmolLM2-135M-Instruct --baseline=SmolLM2-135M-Instruct --backend=vllm -k snapshot --snapshot-update

They are recorded through vLLM alone: LongHealth's letters keep transformers busy for the better part of an hour on a
CPU. A run through transformers is compared with these, as recorded by another engine.
"""

import pytest

from clue_lib import snapshots
from clue_lib.metrics import METRICS
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.snapshots import KINDS, WATCHED, obstacle
from clue_lib.tasks import TASKS
from clue_lib.types import Fingerprint, Generation, Response, TaskRun, Unparsed

MODELS = {"SmolLM2-135M-Instruct", "exam-qa"}
ENGINE = "vllm"


@pytest.fixture(scope="module")
def recorded(root):
    return {path: snapshots.read(path) for path in (root / "tests" / "snapshots").glob("*/*.json")}


def test_both_models_have_one_revision_recorded(recorded):
    found = [(s.origin.model, s.origin.task, s.origin.engine.name) for s in recorded.values()]
    assert sorted(found) == sorted((model, task, ENGINE) for model in MODELS for task in WATCHED)
    assert len({(s.origin.model, s.origin.revision) for s in recorded.values()}) == len(MODELS)


@pytest.mark.parametrize("task", WATCHED)
def test_they_are_of_todays_prompts_data_and_metrics(recorded, task):
    planned = plan_task(TASKS[task], PromptSettings())
    kinds = [name for name in planned.task.metrics if name in KINDS]
    nothing = Generation(text="", finish_reason="stop", n_prompt_tokens=0, n_new_tokens=0)
    answer = Unparsed(reason="empty")
    run = TaskRun(
        task=task,
        model="none",
        tier=planned.source.tier,
        engine="none",
        responses=tuple(Response(example=e, generation=nothing, answer=answer) for e in planned.examples),
        gold_digests=(),
        prompt_digests=tuple(request.key for request in planned.requests),
        scores={kind: (0.0,) * len(planned.examples) for kind in kinds},
        signatures={kind: METRICS[kind].signature for kind in kinds},
    )
    today = snapshots.take(run, revision="none", data=planned.source.digest, engine=Fingerprint())
    for path, snapshot in recorded.items():
        if snapshot.origin.task == task:
            assert obstacle(snapshot.origin, today.origin) == "model, revision", path
            assert snapshot.n_answers == today.n_answers
            assert set(snapshot.letters) == set(today.letters)
