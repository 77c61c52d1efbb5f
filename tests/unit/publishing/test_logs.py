"""Which trackers `--log` knows, and how logging fails: in a line, whatever a tracker raises."""

import os
import sys
import types

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
