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
    assert "FAIL (ci): 3 of 15 gates failed, worst level1.mednli.accuracy" in done.text


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


def test_hostile_answers_reach_the_terminal_harmless(run_gate, oracle, scripted):
    attack = "\x1b[2J\x1b]0;owned\x07\u202eevil\n::error::x\u2028\x00"
    evil = scripted("ev\x1b[2J\nil", lambda task, example, ideal: (attack, "stop"))
    done = run_gate(f"--model={evil}", f"--baseline={oracle}", "--backend=scripted", "--color=no", "-l")
    assert done.code == 1
    assert not set("\x1b\x07\u202e") & set(done.text)
    assert not any(line.startswith("::error::") for line in done.text.splitlines())


# One example is one cluster, which bounds nothing; a prompt beyond the context leaves nothing to compare.
@pytest.mark.parametrize(
    ("finish", "options", "absent", "outcome"),
    [
        ("stop", (), set(), "REGRESSED"),
        ("stop", ("--limit=1",), {"lower", "upper", "mde"}, "NO SIGNAL"),
        ("context", (), {"delta", "lower", "upper", "n", "n_clusters", "mde", "p", "signature"}, "NOT RUN"),
    ],
)
def test_junit_carries_every_figure_of_gate_json(
    run_gate, oracle, scripted, tmp_path, workers, finish, options, absent, outcome
):
    mute = scripted("mute", lambda task, example, ideal: ("", finish) if task == "mednli" else (ideal, "stop"))
    path = tmp_path / "junit.xml"
    done = run_gate(
        f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", f"--junitxml={path}", *options, *workers
    )
    cases = [{p.get("name"): p.get("value") for p in case.iter("property")} for case in ET.parse(path).iter("testcase")]
    found = {case["id"]: case for case in cases}
    assert len(found) == len(cases) == len(done.report["gates"]) == 28
    for gate in done.report["gates"]:
        known = {name: value for name, value in gate.items() if value is not None}
        read = found[gate["id"]]
        assert read.keys() == known.keys()
        for name, value in known.items():
            assert (float(read[name]) if type(value) in (int, float) else read[name]) in (value, str(value))
    accuracy = found["level1.mednli.accuracy"]
    assert accuracy["outcome"] == outcome
    assert accuracy["margin"] == "0.03"
    figures = {"delta", "lower", "upper", "n", "n_clusters", "mde", "p", "signature"}
    assert figures - set(accuracy) == absent


def test_the_summary_is_the_same_however_much_pytest_says(run_gate, oracle, mute):
    shown = [
        run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", *options, env=env).text
        for options, env in (((), {}), (("-q",), {}), (("-vv",), {"NO_COLOR": "1"}))
    ]
    parts = [text.split(" CLUE Gate ")[1].split("gate.json\n")[0] for text in shown]
    assert parts[0] == parts[1] == parts[2]
    for text in shown:
        assert text.index("FAIL (ci): 3 of 15 gates failed") > text.index("25 passed")
    assert max(map(len, parts[0].splitlines())) <= 80
    assert "\x1b" not in "".join(shown)
