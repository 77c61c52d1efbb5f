"""A run and its verdicts, as reports get them."""

import dataclasses

import pytest
from fake_run import fake_run
from plain_values import but, make_comparison, make_flip, make_gate

from clue_lib.judging import Verdict
from clue_lib.types import Fingerprint, Identity, ModelInfo, RunInfo, TaskInfo

SHA = "0123456789abcdef" * 4
FLIP = make_flip(example_id="pair-7", baseline_text="CANARY before", candidate_text="CANARY \x1b[2J after")
COMPARISON = make_comparison(
    n=200, n_excluded=3, n_clusters=100, freedom=99.0, design_effect=1.4, n_worse=25, n_better=5, worst=(FLIP,),
    baseline=0.8, candidate=0.7, delta=-0.1, lower=-0.14, upper=-0.06, p=0.0001, mde=0.05,
)  # fmt: skip


@pytest.fixture(scope="session")
def judged():
    """Builds a verdict: by default a regression; `figures` replace the comparison's, None leaves nothing compared."""

    def build(
        outcome="REGRESSED",
        *,
        task="mednli",
        metric="accuracy",
        ok=False,
        figures=(),
        reason="why",
        role="gate",
        p_adjusted=0.002,
    ):
        gate = make_gate(f"level1.{task}.{metric}", role=role, margin=0.03, reason="small enough", file="gates.toml")
        comparison = None
        if figures is not None:
            comparison = but(COMPARISON, task=task, metric=metric, **dict(figures))
        return Verdict(
            gate=gate,
            outcome=outcome,
            reason=reason,
            ok=ok,
            comparison=comparison,
            p_adjusted=None if comparison is None else p_adjusted,
        )

    return build


@pytest.fixture(scope="session")
def info():
    """Builds a run's description, of `n_selected` gates."""
    engine = Fingerprint(name="transformers", version="5.19.0", dtype="bfloat16", device="cuda", capability="sm_90")
    held = {"weights": f"m42-health/Llama3-Med42-8B@{SHA[:40]}", "tokenizer": SHA, "template": SHA}
    base = ModelInfo(name="Llama-3-8B-Instruct", identity=Identity(**held), engine=engine)
    tuned = ModelInfo(name="JSL-MedLlama-3-8B-v2.0", identity=Identity(**held, adapter=SHA), engine=engine)
    tasks = tuple(
        TaskInfo(
            name=name,
            data="not the official file",
            tier="credentialed",
            data_digest=SHA,
            prompts_digest=SHA,
            n_read=1422,
            n_scored=1413,
        )
        for name in ("mednli", "problem_summary")
    )
    whole = RunInfo(
        version="0.1.0",
        profile="ci",
        limit=None,
        seed=0,
        thresholds="thresholds.toml",
        thresholds_digest=SHA,
        n_selected=1,
        n_engine_starts=2,
        baseline=base,
        candidate=tuned,
        tasks=tasks,
    )
    return lambda **changed: dataclasses.replace(whole, **changed)


@pytest.fixture(scope="session")
def finished():
    """A finished run with failures, flips, a credentialed task and the multiple-choice gate."""
    tasks = ("mednli", "meqsum", "problem_summary", "medisumcode", "jama")
    return fake_run(tasks=tasks, tiers={"problem_summary": "credentialed"}, mcq=True)


@pytest.fixture(scope="session")
def attacked():
    """A finished run in which every string that a model, a data file or a user may choose is hostile."""
    return fake_run(tasks=("mednli", "meqsum", "jama"), hostile=True)


@pytest.fixture(scope="session")
def folder(finished, tmp_path_factory):
    """The finished run's report folder."""
    return finished.write(tmp_path_factory.mktemp("finished"))


@pytest.fixture(scope="session")
def attacked_folder(attacked, tmp_path_factory):
    """The hostile run's report folder."""
    return attacked.write(tmp_path_factory.mktemp("attacked"))
