"""What a tracker is given of a run, and what it never is."""

import math

import pytest

from clue_lib.publishing.run_log import of_document
from clue_lib.report import of_run

FILES = ("gate.json", "report.html", "report.md", "examples.parquet", "engine.log")


@pytest.fixture
def reports(tmp_path):
    """A report folder with every file that a run leaves."""
    for name in FILES:
        (tmp_path / name).write_text("x")
    return tmp_path


def test_every_gates_figures_are_metrics(info, judged, reports):
    lost = judged(figures={"baseline": 0.8, "candidate": 0.7, "delta": -0.1, "lower": -math.inf, "upper": -0.06})
    log = of_document(of_run(info(), [lost, judged("NOT RUN", metric="empty", figures=None)]), reports)
    gate = "level1.mednli.accuracy"
    assert {name: value for name, value in log.metrics.items() if gate in name} == {
        f"{gate}/ok": 0.0,
        f"{gate}/margin": 0.03,
        f"{gate}/difference": -0.1,  # its lower bound is infinite: left out
        f"{gate}/upper": -0.06,
        f"{gate}/baseline": 0.8,
        f"{gate}/candidate": 0.7,
    }
    assert log.outcomes == {gate: "REGRESSED", "level1.mednli.empty": "NOT RUN"}
    assert log.tags["state"] == "fail"
    assert log.metrics["passed"] == 0.0


def test_what_reproduces_the_run_are_its_params(info, judged, reports):
    run = info()
    params = of_document(of_run(run, [judged()]), reports).params
    assert params["candidate"] == "JSL-MedLlama-3-8B-v2.0"
    assert params["baseline.weights"] == run.baseline.identity.weights
    assert run.thresholds_digest in params["thresholds"]
    assert run.tasks[0].data_digest in params["data.mednli"]
    assert params["command"].startswith("pytest --model=")


def test_no_example_under_an_agreement_is_kept(finished, info, judged, reports):
    """The page and the table hold a row for each example."""
    private = of_document(of_run(info(), [judged()]), reports)
    assert [path.name for path in private.files] == ["gate.json", "report.md"]
    assert all(task.tier != "credentialed" for task in finished.info.tasks[:2])
    bundled = of_document(of_run(info(tasks=finished.info.tasks[:2]), [judged()]), reports)
    assert [path.name for path in bundled.files] == ["gate.json", "report.html", "report.md", "examples.parquet"]


def test_hostile_names_are_harmless(attacked, tmp_path):
    log = of_document(attacked.document, tmp_path)
    assert log.files == ()
    for text in (log.name, *log.params.values(), *log.tags.values()):
        assert "\x1b" not in text
        assert "\n" not in text
