"""Logs a run to MLflow: to the server, or the store, that MLFLOW_TRACKING_URI names.

Through the client alone: nothing of the session's own experiment, if it has one, is touched.
"""

import os
import time
from typing import TYPE_CHECKING

from clue_lib.publishing.run_log import RunLog

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "clue-gate"
"""Where MLFLOW_EXPERIMENT_ID and MLFLOW_EXPERIMENT_NAME name no other."""

MAX_PARAM = 6000
"""Characters of a parameter's value that MLflow takes."""

MAX_BATCH = 100
"""Parameters, and tags, that MLflow takes at once."""


def write(log: RunLog) -> str:
    """Log the run; returns where it lies. Raises what MLflow raises, and then the run is FAILED, not still RUNNING."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # before mlflow is imported: it counts its callers
    from mlflow import MlflowClient

    client = MlflowClient()
    run_id: str = client.create_run(_experiment(client), run_name=log.name).info.run_id
    status = "FAILED"
    try:
        _upload(client, run_id, log)
        status = "FINISHED"
    finally:
        client.set_terminated(run_id, status)
    return f"run {run_id}"


def _upload(client: "MlflowClient", run_id: str, log: RunLog) -> None:
    """Figures, parameters and tags, batch by batch, and the reports."""
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in log.metrics.items()]
    params = [Param(name, value[:MAX_PARAM]) for name, value in log.params.items()]
    outcomes = {f"outcome.{gate}": word for gate, word in log.outcomes.items()}
    tags = [RunTag(name, value) for name, value in (log.tags | outcomes).items()]
    for start in range(0, max(len(metrics), len(params), len(tags)), MAX_BATCH):
        batch = slice(start, start + MAX_BATCH)
        client.log_batch(run_id, metrics=metrics[batch], params=params[batch], tags=tags[batch])
    for path in log.files:
        client.log_artifact(run_id, str(path))


def _experiment(client: "MlflowClient") -> str:
    """The id of the experiment that the environment names, else of ours; made where there is none."""
    if named := os.environ.get("MLFLOW_EXPERIMENT_ID"):
        return named
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)
