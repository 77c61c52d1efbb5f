"""What a run leaves for GitLab, MLflow and W&B, read back as these read it; a tracker that fails costs no verdict."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from skips import needs

MEDNLI = ("-k", "mednli")
CANARY = "CANARY-7Q"
WANDB_BLOCK = 32768
"""Bytes of a block of W&B's run file, which is a log in LevelDB's format."""

needs_mlflow = needs("mlflow", "MLflow: make install-logs")
needs_wandb = needs("wandb", "W&B: make install-logs")


@pytest.fixture
def judged(run_gate, oracle, scripted, tmp_path):
    """Runs the gate on a candidate that always answers the same, against one that is always right."""
    worse = scripted("worse", lambda task, example, ideal: ("entailment", "stop"))

    def run(*options, env=None, model=worse):
        given = (f"--model={model}", f"--baseline={oracle}", "--backend=scripted", *MEDNLI)
        return run_gate(*given, *options, env=env)

    return run


@pytest.fixture
def quoted(run_gate, model_folder, tmp_path):
    """Runs the gate on data under an agreement, a canary in every text and id, with a model that quotes them."""
    data = tmp_path / "data"
    data.mkdir()
    rows = [
        {
            "pairID": f"{CANARY}-{i}-{label}",
            "gold_label": label,
            "sentence1": f"{CANARY}: patient {i}",
            "sentence2": f"{CANARY}: claim {label} of {i}",
        }
        for i in range(20)
        for label in ("entailment", "neutral", "contradiction")
    ]
    (data / "mli_test_v1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    model = model_folder("quoting", f'default = "neutral, since {CANARY}"')

    def run(*options, env):
        given = (f"--model={model}", f"--baseline={model}", "--backend=scripted", f"--data-root={data}", *MEDNLI)
        return run_gate(*given, "--reports=all", *options, env=env)

    return run


def test_gitlab_finds_its_reports(judged, tmp_path, workers):
    done = judged("--reports=gitlab", *workers)
    assert done.code == 1, done.text
    report = tmp_path / "report"
    issues = json.loads((report / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert "level1.mednli.accuracy" in {issue["check_name"] for issue in issues if issue["severity"] == "major"}
    (lost,) = [issue for issue in issues if issue["check_name"] == "level1.mednli.accuracy"]
    line = Path("thresholds.toml").read_text(encoding="utf-8").splitlines()[lost["location"]["lines"]["begin"] - 1]
    (gate,) = [gate for gate in done.report["gates"] if gate["id"] == "level1.mednli.accuracy"]
    assert (lost["location"]["path"], line.split("#")[0].strip()) == ("thresholds.toml", f"[{gate['table']}]")
    assert "clue_gate_passed 0" in (report / "metrics.txt").read_text(encoding="utf-8").splitlines()
    assert (report / "report.html").exists()
    again = judged("--reports=json")
    assert again.code == 1
    assert not (report / "metrics.txt").exists()  # an earlier run's


def test_junit_is_what_gitlab_shows(judged, tmp_path, workers):
    """https://docs.gitlab.com/ci/testing/unit_test_reports/: the elements and attributes that it parses.

    `file` is there in pytest's older form alone; the system's output is read from test cases alone.
    """
    junit = tmp_path / "junit.xml"
    done = judged(f"--junitxml={junit}", "-o", "junit_family=xunit1", "-o", "junit_logging=system-out", *workers)
    assert done.code == 1, done.text
    root = ElementTree.parse(junit).getroot()
    assert root.tag == "testsuites"
    cases = root.findall("testsuite/testcase")
    assert cases
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)  # of two only one is shown
    for case in cases:
        assert case.get("classname")
        assert case.get("name")
        assert float(case.get("time")) >= 0
        assert Path(case.get("file")).is_file()
    failures = {case.get("name"): case.find("failure") for case in cases if case.find("failure") is not None}
    failure = failures["test_meets_baseline[accuracy]"]
    assert "REGRESSED level1.mednli.accuracy" in failure.get("message")
    assert "REGRESSED level1.mednli.accuracy" in failure.text
    inside = [output for case in cases for output in case.findall("system-out")]
    assert len(list(root.iter("system-out"))) == len(inside)


def test_a_tracker_that_is_not_there_is_one_line_before_an_engine_starts(judged, oracle, workers):
    done = judged("--log=mlfow", *workers)
    assert done.code == 4, done.text
    (line,) = [line for line in done.text.splitlines() if line.strip()]
    assert "--log=mlfow: no such tracker; did you mean mlflow?" in line
    assert not (oracle / "starts.log").exists()


def mlflow_in(tmp_path):
    """A store of files: MLflow wants to be told that it is meant."""
    return {"MLFLOW_TRACKING_URI": (tmp_path / "mlruns").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}


@needs_mlflow
@pytest.mark.slow
def test_mlflows_client_reads_the_run_back(judged, tmp_path, monkeypatch, workers):
    env = mlflow_in(tmp_path)
    done = judged("--log=mlflow", "--reports=all", *workers, env=env)
    assert done.code == 1, done.text
    assert "logged to MLflow: run " in done.text
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    from mlflow import MlflowClient

    client = MlflowClient(env["MLFLOW_TRACKING_URI"])
    (run,) = client.search_runs([client.get_experiment_by_name("clue-gate").experiment_id])
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "worse"
    assert run.data.tags["state"] == "fail"
    assert run.data.tags["outcome.level1.mednli.accuracy"] == "REGRESSED"
    (gate,) = [gate for gate in done.report["gates"] if gate["id"] == "level1.mednli.accuracy"]
    for figure, key in (("difference", "delta"), ("lower", "lower"), ("upper", "upper"), ("margin", "margin")):
        assert run.data.metrics[f"level1.mednli.accuracy/{figure}"] == gate[key]
    assert run.data.params["candidate"] == "worse"
    assert done.report["run"]["tasks"][0]["data_digest"] in run.data.params["data.mednli"]
    kept = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert kept == {"gate.json", "report.html", "report.md", "examples.parquet"}


@needs_mlflow
@pytest.mark.slow
def test_mlflow_keeps_no_example_under_an_agreement(quoted, tmp_path):
    done = quoted("--log=mlflow", env=mlflow_in(tmp_path))
    assert "logged to MLflow" in done.text
    kept = [path for path in (tmp_path / "mlruns").rglob("*") if path.is_file()]
    assert {path.name for path in kept if path.parent.name == "artifacts"} == {"gate.json", "report.md"}
    assert not [path for path in kept if CANARY.encode() in path.read_bytes()]


@needs_mlflow
@pytest.mark.slow
def test_a_tracker_that_fails_costs_no_verdict(judged, oracle, tmp_path, workers):
    (tmp_path / "file").write_text("no folder")
    env = mlflow_in(tmp_path) | {"MLFLOW_TRACKING_URI": (tmp_path / "file" / "below").as_uri()}
    done = judged("--log=mlflow", *workers, env=env, model=oracle)
    assert done.code == 0, done.text
    assert "not logged to MLflow: " in done.text
    assert "Traceback" not in done.text
    assert done.report["passed"] is True


def wandb_records(path):
    """The records of an offline run's file, by W&B's own messages."""
    from wandb.proto import wandb_internal_pb2

    data, place, part = path.read_bytes(), 7, b""
    assert data.startswith(b":W&B")
    while place + 7 <= len(data):
        left = WANDB_BLOCK - place % WANDB_BLOCK
        length, kind = int.from_bytes(data[place + 4 : place + 6], "little"), data[place + 6]
        if left < 7 or kind == 0:
            place += left
            continue
        part += data[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield wandb_internal_pb2.Record.FromString(part)
            part = b""


def wandb_in(tmp_path):
    home = {name: str(tmp_path / "wandb-home") for name in ("WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR")}
    return {"WANDB_MODE": "offline", "WANDB_DIR": str(tmp_path), **home}


@needs_wandb
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_offline_run_of_wandb_holds_verdict_figures_and_reports(judged, tmp_path, workers):
    done = judged("--log=wandb", "--reports=all", *workers, env=wandb_in(tmp_path))
    assert done.code == 1, done.text
    assert "logged to W&B: run " in done.text
    (path,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    config, summary, artefacts = {}, {}, []
    for record in wandb_records(path):
        kind = record.WhichOneof("record_type")
        if kind == "run":
            assert record.run.project == "clue-gate"
            assert record.run.display_name == "worse"
            assert record.run.host == "unnamed"
            config |= {item.key: json.loads(item.value_json) for item in record.run.config.update}
        if kind == "summary":
            summary |= {item.key: json.loads(item.value_json) for item in record.summary.update if item.key}
        if kind == "artifact":
            artefacts += [entry.path for entry in record.artifact.manifest.contents]
        assert kind not in ("output", "output_raw", "environment")  # what is printed, and the machine
    (gate,) = [gate for gate in done.report["gates"] if gate["id"] == "level1.mednli.accuracy"]
    assert summary["level1.mednli.accuracy/difference"] == gate["delta"]
    assert summary["level1.mednli.accuracy/outcome"] == "REGRESSED"
    assert summary["state"] == "fail"
    assert config["candidate"] == "worse"
    assert sorted(artefacts) == ["examples.parquet", "gate.json", "report.html", "report.md"]


@needs_wandb
@pytest.mark.slow
def test_wandb_keeps_no_example_under_an_agreement(quoted, tmp_path):
    done = quoted("--log=wandb", env=wandb_in(tmp_path))
    assert "logged to W&B" in done.text
    kept = [path for folder in ("wandb", "wandb-home") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if CANARY.encode() in path.read_bytes()]


@needs_wandb
@pytest.mark.slow
def test_wandb_without_a_key_is_told_and_asks_nobody(judged, oracle, tmp_path):
    env = wandb_in(tmp_path) | {"WANDB_MODE": "online", "HOME": str(tmp_path), "WANDB_API_KEY": ""}
    done = judged("--log=wandb", env=env, model=oracle)
    assert done.code == 0, done.text
    assert "not logged to W&B: " in done.text
