"""Which trackers `--log` knows, and how logging fails: in a line, whatever a tracker raises."""

import dataclasses
import os
import sys
import types
from pathlib import Path
from typing import ClassVar

import pytest

from clue_lib.errors import MissingExtra, OptionError
from clue_lib.publishing import logs
from clue_lib.publishing.run_log import RunLog

EMPTY = RunLog(name="n", params={}, tags={}, outcomes={}, metrics={}, files=())


@pytest.fixture
def fake_mlflow(monkeypatch):
    """Puts a package of this name in MLflow's place, whose client raises; a folder without it is no package."""
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "")

    class MlflowException(Exception):
        pass

    def make(error):
        def client():
            raise MlflowException("server\nis \x1b[2Jdown") if error is None else error

        package, entities = types.ModuleType("mlflow"), types.ModuleType("mlflow.entities")
        exceptions = types.ModuleType("mlflow.exceptions")
        package.MlflowClient = client
        entities.Metric = entities.Param = entities.RunTag = exceptions.MlflowException = MlflowException
        for module in (package, entities, exceptions):
            monkeypatch.setitem(sys.modules, module.__name__, module)

    return make


def test_an_unknown_tracker_is_one_line():
    with pytest.raises(OptionError, match="did you mean wandb"):
        logs.read(["wandd"])


def test_a_missing_package_is_told_with_its_extra(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'clue-gate\[mlflow\]'"):
        logs.read(["mlflow"])


def test_the_folder_of_offline_runs_is_no_package(monkeypatch, tmp_path):
    """W&B leaves ./wandb, which Python takes for a namespace package where the package is not installed."""
    (tmp_path / "wandb").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    with pytest.raises(MissingExtra):
        logs.read(["wandb"])


def test_a_tracker_is_named_once(monkeypatch):
    monkeypatch.setattr(logs, "_is_installed", lambda package: True)
    assert logs.read(["wandb", "mlflow", "wandb"]) == ("wandb", "mlflow")


@pytest.mark.parametrize(
    ("error", "told"),
    [(None, "server is down"), (ConnectionError("refused"), "refused"), (ImportError("no sqlalchemy"), "sqlalchemy")],
)
def test_what_a_tracker_raises_is_a_line(fake_mlflow, error, told):
    fake_mlflow(error)
    line = logs.write("mlflow", EMPTY)
    assert line.startswith("not logged to MLflow: ")
    assert told in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_nobody_is_counted(fake_mlflow, monkeypatch):
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY")
    fake_mlflow(OSError())
    assert logs.write("mlflow", EMPTY) == "not logged to MLflow: OSError"
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


class Client:
    """In the place of MLflow's client: keeps how the run ended; an artifact that is named "bad" can't be uploaded."""

    ended: ClassVar[list[str]] = []

    def get_experiment_by_name(self, name):
        return types.SimpleNamespace(experiment_id="1")

    def create_run(self, experiment, run_name):
        return types.SimpleNamespace(info=types.SimpleNamespace(run_id="r1"))

    def log_batch(self, run_id, **parts):
        pass

    def log_artifact(self, run_id, path):
        if path == "bad":
            raise OSError("no room for it")

    def set_terminated(self, run_id, status=None):
        self.ended.append(status)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [("good", "FINISHED", "logged to MLflow: run r1"), ("bad", "FAILED", "not logged to MLflow: no room for it")],
)
def test_an_mlflow_run_whose_upload_fails_is_not_left_running(fake_mlflow, monkeypatch, path, status, told):
    fake_mlflow(None)
    monkeypatch.setattr(sys.modules["mlflow"], "MlflowClient", Client)
    monkeypatch.setattr(Client, "ended", [])
    assert logs.write("mlflow", dataclasses.replace(EMPTY, files=(Path(path),))) == told
    assert Client.ended == [status]


class Run:
    """In the place of a run of W&B: keeps its exit code; an artifact that holds "bad" can't be uploaded."""

    id, offline = "w1", False

    def __init__(self):
        self.summary, self.ended = {}, []

    def log_artifact(self, artifact):
        if "bad" in artifact.held:
            raise OSError("no room for it")

    def finish(self, exit_code=None):
        self.ended.append(exit_code)


class Artifact:
    """In the place of W&B's: keeps the names of its files."""

    def __init__(self, name, type):
        self.held = []

    def add_file(self, path):
        self.held.append(path)


@pytest.mark.parametrize(
    ("path", "exit_code", "told"),
    [("good", 0, "logged to W&B: run w1 of project clue-gate"), ("bad", 1, "not logged to W&B: no room for it")],
)
def test_a_wandb_run_whose_upload_fails_has_failed(monkeypatch, path, exit_code, told):
    package, errors, run = types.ModuleType("wandb"), types.ModuleType("wandb.errors"), Run()
    package.Settings, package.Artifact = types.SimpleNamespace, Artifact
    package.login, package.init = (lambda prompt: True), (lambda **given: run)
    errors.Error = type("Error", (Exception,), {})
    for module in (package, errors):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.delenv("WANDB_PROJECT", raising=False)
    assert logs.write("wandb", dataclasses.replace(EMPTY, files=(Path(path),))) == told
    assert run.ended == [exit_code]
