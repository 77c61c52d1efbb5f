"""Logs a run to W&B: online, or into a folder to be synced later, as WANDB_MODE says.

W&B gathers much by itself: what a program prints, its code, its git repository, its machine. All of it is turned off,
for a program that reads clinical text: what `RunLog` holds is logged and nothing else.
"""

import os
from typing import TYPE_CHECKING

from clue_lib.errors import OptionError
from clue_lib.publishing.run_log import RunLog

if TYPE_CHECKING:
    import wandb

PROJECT = "clue-gate"
"""Where WANDB_PROJECT names no other."""


def write(log: RunLog) -> str:
    """Log the run; returns where it lies.

    Raises OptionError without a key, and what wandb raises; the run has failed then, for W&B too.
    """
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    project = os.environ.get("WANDB_PROJECT") or PROJECT
    settings = wandb.Settings(
        console="off",
        disable_code=True,
        disable_git=True,
        host="unnamed",
        save_code=False,
        silent=True,
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    if os.environ.get("WANDB_MODE", "online") == "online" and not wandb.login(prompt=False):
        raise OptionError("no key; set WANDB_API_KEY, call wandb login, or set WANDB_MODE=offline")
    run = wandb.init(
        project=project, name=log.name, config=log.params, settings=settings, reinit="create_new", job_type="gate"
    )
    exit_code = 1
    try:
        _upload(run, log)
        exit_code = 0
    finally:
        run.finish(exit_code=exit_code)
    return f"run {run.id} of project {project}" + (f", in {run.dir}" if run.offline else "")


def _upload(run: "wandb.Run", log: RunLog) -> None:
    """Verdict, outcomes and figures as the run's summary, and the reports as an artifact."""
    import wandb

    outcomes = {f"{gate}/outcome": word for gate, word in log.outcomes.items()}
    run.summary.update({**log.tags, **outcomes, **log.metrics})
    report = wandb.Artifact("clue-gate-report", type="report")
    for path in log.files:
        report.add_file(str(path))
    run.log_artifact(report)
