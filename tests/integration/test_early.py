"""A candidate that has surely lost is stopped before it has answered everything, and nothing else ever is."""

import json
import shutil
import xml.etree.ElementTree as ET

import pytest

from clue_lib import gate
from clue_lib.models.recording import read_recording
from clue_lib.report import gate_json, recomputing

SCOUTS = {"mednli": 24, "meqsum": 16}


def lines(store, model):
    """The bytes of the model's stored answers, a line each."""
    (folder,) = [about.parent for about in store.glob("*/about.json") if read_recording(about.parent).model == model]
    return (folder / "generations.jsonl").read_bytes()


@pytest.fixture
def babbler(scripted):
    """Answers whatever it is asked with words that mean nothing."""
    return scripted("babbler", lambda task, example, ideal: ("ba " * 40, "length"))


@pytest.fixture
def with_stored_baseline(run_gate, oracle, scripted):
    """Runs the gate where the baseline's answers are stored: an equal candidate, run before, is never stopped."""
    equal = scripted("equal", lambda task, example, ideal: (f"{ideal} ", "stop"))
    first = run_gate(f"--model={equal}", f"--baseline={oracle}", "--backend=scripted")
    assert first.code == 0, first.text

    def run(model, *options):
        return run_gate(f"--model={model}", f"--baseline={oracle}", "--backend=scripted", *options)

    return run


def test_a_broken_candidate_is_stopped_after_its_scouts(with_stored_baseline, babbler, tmp_path, workers):
    done = with_stored_baseline(babbler, "--reports=all", *workers)
    early = done.report["run"]["early"]
    assert done.code == 1, done.text
    assert (done.report["state"], done.report["passed"]) == ("fail", False)
    assert set(done.outcomes().values()) == {"NOT REACHED"}
    assert early["state"] == "rejected"
    assert early["evidence"] >= 100
    assert early["n_asked"] <= sum(SCOUTS.values()) < early["n_prompts"]
    assert done.report["headline"].startswith("FAIL (ci): rejected early, E = ")
    assert "of the prompts" in done.text
    assert len(lines(tmp_path / "store", "babbler").splitlines()) == early["n_asked"]
    assert not list(recomputing.disagreements(gate_json.read(tmp_path / "report")))


def test_every_report_is_written_of_it(with_stored_baseline, babbler, tmp_path):
    junit = tmp_path / "junit.xml"
    done = with_stored_baseline(babbler, "--reports=gitlab", f"--junitxml={junit}")
    report = tmp_path / "report"
    assert {path.name for path in report.iterdir()} >= {"gate.json", "report.html", "report.md", "examples.parquet"}
    for name in ("report.html", "report.md"):
        text = (report / name).read_text(encoding="utf-8")
        assert "rejected early" in text, name
        assert "NOT REACHED" in text, name
    suite = ET.parse(junit).getroot()[0]
    assert int(suite.get("skipped")) == len(done.report["gates"])
    assert "clue_gate_passed 0" in (report / "metrics.txt").read_text(encoding="utf-8")
    problems = json.loads((report / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert "rejected early" in problems[0]["description"]


def test_an_equal_candidate_is_never_stopped(with_stored_baseline, scripted, tmp_path, workers):
    other = scripted("other", lambda task, example, ideal: (f" {ideal}", "stop"))
    done = with_stored_baseline(other, *workers)
    assert done.code == 0, done.text
    early = done.report["run"]["early"]
    assert (early["state"], early["n_asked"]) == ("on", early["n_prompts"])
    assert not list(recomputing.disagreements(gate_json.read(tmp_path / "report")))
    assert "NOT REACHED" not in done.outcomes().values()
    assert "not rejected: E = " in done.text


def test_off_goes_on_where_it_was_stopped_and_ends_like_any_run(with_stored_baseline, babbler, tmp_path):
    stopped = with_stored_baseline(babbler)
    scouts = lines(tmp_path / "store", "babbler")
    again = with_stored_baseline(babbler)  # the same answers tell the same, and nothing is asked
    assert again.report["run"] | {"n_engine_starts": 1} == stopped.report["run"]
    assert again.report["run"]["n_engine_starts"] == 0
    assert lines(tmp_path / "store", "babbler") == scouts
    whole = with_stored_baseline(babbler, "--early=off")
    assert whole.code == 1
    assert "REGRESSED" in whole.outcomes().values()
    assert whole.report["run"]["early"]["state"] == "off"
    assert "--early=off" in whole.report["command"]
    after = lines(tmp_path / "store", "babbler")
    assert after.startswith(scouts)
    shutil.rmtree(tmp_path / "store")
    undisturbed = with_stored_baseline(babbler, "--early=off")
    assert lines(tmp_path / "store", "babbler") == after
    assert undisturbed.outcomes() == whole.outcomes()


def test_answers_are_stored_alike_with_and_without_it(with_stored_baseline, scripted, tmp_path):
    fair = scripted("fair", lambda task, example, ideal: (ideal if len(example.id) % 7 else f"{ideal}.", "stop"))
    assert with_stored_baseline(fair).report["run"]["early"]["state"] == "on"
    watched = lines(tmp_path / "store", "fair")
    for about in (tmp_path / "store").glob("*/about.json"):
        if read_recording(about.parent).model == "fair":
            shutil.rmtree(about.parent)
    assert with_stored_baseline(fair, "--early=off").report["run"]["early"]["state"] == "off"
    assert lines(tmp_path / "store", "fair") == watched


def test_without_a_stored_baseline_everything_is_asked_and_a_line_says_so(run_gate, oracle, babbler):
    done = run_gate(f"--model={babbler}", f"--baseline={oracle}", "--backend=scripted")
    assert "early     the baseline's answers are not all stored yet" in done.text
    assert done.report["run"]["early"]["state"] == "none"
    assert "REGRESSED" in done.outcomes().values()


@pytest.mark.parametrize("options", [("--limit=30",), ("--profile=point",), ("--early=off",)])
def test_it_is_of_profile_ci_alone(with_stored_baseline, babbler, options):
    done = with_stored_baseline(babbler, *options)
    assert "NOT REACHED" not in done.outcomes().values()
    assert done.report["run"]["early"]["state"] in {"none", "off"}


def test_another_word_than_on_and_off_is_refused(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "--early=maybe")
    assert done.code == 4
    assert "--early=maybe: no such early; known: on, off" in done.text


def test_from_python_it_is_the_same(oracle, babbler, scripted, tmp_path):
    equal = scripted("equal", lambda task, example, ideal: (f"{ideal} ", "stop"))
    options = {
        "baseline": str(oracle),
        "tasks": ["mednli", "meqsum"],
        "backend": "scripted",
        "store": tmp_path / "store",
        "log_dir": tmp_path / "log",
    }
    assert gate(str(equal), **options).passed
    stopped = gate(str(babbler), **options)
    assert stopped.state == "fail"
    assert set(stopped.gates["outcome"]) == {"NOT REACHED"}
    assert not stopped.gates["ok"][stopped.gates["role"] != "monitor"].any()
    assert stopped.report(tmp_path / "pages").exists()
    assert stopped.examples.empty
    whole = gate(str(babbler), **options, early="off")
    assert "REGRESSED" in set(whole.gates["outcome"])
