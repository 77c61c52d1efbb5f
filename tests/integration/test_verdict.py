"""What a failing candidate gets to read, on the terminal, in gate.json and in JUnit."""

import xml.etree.ElementTree as ET

import pytest


@pytest.fixture
def mute(scripted):
    """Answers MedNLI with nothing, MeQSum ideally."""
    return scripted("mute", lambda task, example, ideal: ("" if task == "mednli" else ideal, "stop"))


def test_the_failure_names_everything_a_reader_needs(run_gate, oracle, mute, workers):
    done = run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", *workers)
    assert done.code == 1
    for part in (
        "REGRESSED level1.mednli.accuracy",
        "baseline 100.0 %, candidate 0.0 %",
        "margin 3.0 points",
        "thresholds.toml [level1.mednli.accuracy]",
        "worst examples:",
        "bundled-nli-",
    ):
        assert part in done.text, part
    assert "FAIL (ci): 3 of 26 gates failed, first level1.mednli.accuracy" in done.text


def test_an_empty_answer_is_a_zero_and_is_counted(run_gate, oracle, mute):
    report = run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted").report
    failed = {gate["id"]: gate["outcome"] for gate in report["gates"] if not gate["ok"]}
    assert failed == dict.fromkeys([f"level1.mednli.{m}" for m in ("accuracy", "empty", "unparsed")], "REGRESSED")


def test_truncated_answers_are_counted(run_gate, oracle, scripted):
    endless = scripted("endless", lambda task, example, ideal: (ideal, "length"))
    done = run_gate(f"--model={endless}", f"--baseline={oracle}", "--backend=scripted")
    failed = {gate for gate, outcome in done.outcomes().items() if outcome == "REGRESSED"}
    assert failed == {"level1.mednli.truncated", "level1.meqsum.truncated"}


def test_a_prompt_beyond_the_context_is_not_run(run_gate, oracle, scripted):
    short = scripted("short", lambda task, example, ideal: (ideal, "context" if task == "mednli" else "stop"))
    done = run_gate(f"--model={short}", f"--baseline={oracle}", "--backend=scripted")
    assert done.code == 0, done.text
    assert {gate.split(".")[1] for gate, outcome in done.outcomes().items() if outcome == "NOT RUN"} == {"mednli"}
    nothing = run_gate(f"--model={short}", f"--baseline={oracle}", "--backend=scripted", "-k", "mednli")
    assert nothing.code == 1  # every test passed, but nothing was judged
    assert "NOTHING JUDGED (ci): short: 39 prompts" in nothing.text
    release = run_gate(
        f"--model={short}", f"--baseline={oracle}", "--backend=scripted", "-k", "mednli", "--profile=release"
    )
    assert release.code == 1
    assert "do not fit its context" in release.text


def test_hostile_answers_reach_the_terminal_harmless(run_gate, oracle, scripted):
    evil = scripted("evil", lambda task, example, ideal: ("\x1b[2J\x1b]0;owned\x07\u202eevil\n::error::x", "stop"))
    done = run_gate(f"--model={evil}", f"--baseline={oracle}", "--backend=scripted", "--color=no")
    assert done.code == 1
    assert not set("\x1b\x07\u202e") & set(done.text)
    assert not any(line.startswith("::error::") for line in done.text.splitlines())


def test_junit_carries_the_figures(run_gate, oracle, mute, tmp_path, workers):
    path = tmp_path / "junit.xml"
    run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", f"--junitxml={path}", *workers)
    cases = {case.get("name"): case for case in ET.parse(path).iter("testcase")}
    properties = {p.get("name"): p.get("value") for p in cases["test_meets_baseline[accuracy]"].iter("property")}
    assert properties["outcome"] == "REGRESSED"
    assert float(properties["delta"]) == -1.0
    assert float(properties["margin"]) == 0.03
    assert {"lower", "upper", "n", "n_clusters", "mde", "p", "signature"} <= set(properties)
