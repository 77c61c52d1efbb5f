"""The command that reproduces a run, as far as a command can: the thresholds file and the data are named by digest."""

import shlex

from clue_lib.noise import ORDER
from clue_lib.run_info import ModelInfo, RunInfo


def command(run: RunInfo) -> str:
    """The call of pytest with every option that this run's figures depend on, models at their resolved revisions.

    A folder is named by the model's name, recorded data by the placeholder DATA: where they lie is not recorded.
    """
    options = {
        "model": _model(run.candidate),
        "baseline": _model(run.baseline),
        "backend": run.candidate.engine.get("name"),
        "profile": run.profile if run.limit is None else None,
        "limit": run.limit,
        "seed": run.seed,
        "scoring": run.scoring if run.scoring != "strict" else None,
        "thresholds": run.thresholds,
        "data-root": "DATA" if any(task.tier != "bundled" for task in run.tasks) else None,
    }
    if ORDER in run.candidate.engine:
        del options["model"]
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    given = ["--aa", *given] if ORDER in run.candidate.engine else given
    return shlex.join(["pytest", *given])


def _model(model: ModelInfo) -> str:
    """`repository@commit` where that is the whole model, else the name."""
    weights = model.identity.get("weights", "")
    return weights if "@" in weights and "adapter" not in model.identity else model.name
