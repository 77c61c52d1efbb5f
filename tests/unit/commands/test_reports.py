"""The commands over report folders, as a user calls them."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from clue_lib.__main__ import main
from clue_lib.report import gate_json, of_run
from clue_lib.text import markdown
from clue_lib.types import Waiver


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "run")


def write(folder, info, verdicts, **changed):
    gate_json.write(folder / "gate.json", of_run(info(n_selected=len(verdicts), **changed), verdicts))
    return folder


def test_report_writes_both_reports(copied, capsys, monkeypatch):
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    assert main(["report", str(copied)]) == 0
    assert capsys.readouterr().out.split() == [str(copied / "report.html"), str(copied / "report.md")]
    assert (copied / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (copied / "report.md").read_text(encoding="utf-8").startswith("## FAIL")


def test_report_says_that_thresholds_differ(copied, tmp_path):
    (tmp_path / "base.toml").write_text("")
    assert main(["report", str(copied), f"--base-thresholds={tmp_path / 'base.toml'}"]) == 0
    assert (copied / "report.md").read_text(encoding="utf-8").startswith("**Other thresholds than the base branch's")
    assert "Other thresholds than the base branch" in (copied / "report.html").read_text(encoding="utf-8")


def test_rendered_anew_a_report_still_begins_with_its_waivers(copied, info, judged, monkeypatch):
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    (copied / "examples.parquet").unlink()
    waiver = Waiver(gate="level1.mednli.accuracy", owner="o", reason="until the next release", expires="2999-01-01")
    write(copied, info, [judged(ok=True)], waivers=(waiver,))
    assert main(["report", str(copied / "gate.json")]) == 0
    line = "Waived until 2999-01-01: level1.mednli.accuracy, by o: until the next release"
    assert markdown(line) in (copied / "report.md").read_text(encoding="utf-8").splitlines()[0]
    assert f'<p class="note" role="note">{line}</p>' in (copied / "report.html").read_text(encoding="utf-8")


def test_report_without_a_table_of_examples(copied, monkeypatch):
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    (copied / "examples.parquet").unlink()
    assert main(["report", str(copied)]) == 0
    assert 'id="flips"' not in (copied / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["report", "compare"])
def test_a_folder_without_a_run_is_one_line(command, tmp_path, capsys):
    assert main([command, str(tmp_path), *([str(tmp_path)] if command == "compare" else [])]) == 4
    error = capsys.readouterr().err
    assert "name a run's report folder" in error
    assert len(error.splitlines()) == 1


def test_compare_needs_two_runs_alike(info, judged, tmp_path, capsys):
    one = write(tmp_path / "one", info, [judged()])
    other = write(tmp_path / "other", info, [judged()], seed=7)
    assert main(["compare", str(one)]) == 4
    assert "name at least two report folders" in capsys.readouterr().err
    assert main(["compare", str(one), str(other)]) == 4
    assert capsys.readouterr().err.endswith("judge all candidates with the same settings\n")
    assert main(["compare", str(one), str(write(tmp_path / "third", info, [judged()]))]) == 0
    assert "2 candidates were judged on the same examples" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "ok", "code"),
    [("HELD", True, 0), ("REGRESSED", False, 1), ("UNDECIDED", False, 1), ("ERROR", False, 1)],
)
def test_verdict_exits_by_the_state(info, judged, tmp_path, capsys, outcome, ok, code):
    folder = write(tmp_path, info, [judged(outcome, ok=ok, figures=None if outcome == "ERROR" else ())])
    assert main(["verdict", str(folder / "gate.json")]) == code
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_verdict_exits_by_the_state_though_nobody_reads_its_line(info, judged, tmp_path, unbuffered):
    folder = write(tmp_path, info, [judged("ERROR", ok=False, figures=None)])
    command = [sys.executable, "-m", "clue_lib", "verdict", str(folder)]
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as call:
        call.stdout.close()  # long before the command can print
        assert call.stderr.read() == b""
    assert call.returncode == 1


def test_verdict_of_what_is_no_gate_json_is_one_line(tmp_path, capsys):
    (tmp_path / "gate.json").write_text("{}")
    assert main(["verdict", str(tmp_path / "gate.json")]) == 4
    assert main(["verdict", str(tmp_path / "none")]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_verdict_of_nothing_named_is_that_of_the_usual_folder(info, judged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["verdict"]) == 4
    (tmp_path / "gate-report").mkdir()
    write(tmp_path / "gate-report", info, [judged(ok=False)])
    assert main(["verdict"]) == 1


def test_verdict_refuses_what_does_not_follow_from_the_gates(info, judged, tmp_path, capsys):
    folder = write(tmp_path, info, [judged()])
    content = json.loads((folder / "gate.json").read_text())
    content |= {"passed": True, "state": "pass", "headline": "PASS"}
    (folder / "gate.json").write_text(json.dumps(content))
    assert main(["verdict", str(folder)]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert "it says pass, its gates say fail" in line


BROKEN = {
    "empty": b"",
    "cut off": b'{"schema": 1, "state": "pa',
    "binary": bytes(range(256)),
    "another version": b'{"schema": 2}',
    "another shape": b"[1]",
    "nested without end": b'{"x": ' + b"[" * 100_000,
    "steering": b'{"schema": 1, "state": "\\u001b[2J\\n::error::x"}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_gate_json_is_one_line_everywhere(content, tmp_path, capsys):
    (tmp_path / "gate.json").write_bytes(content)
    for command in ("verdict", "report", "compare"):
        for path in (tmp_path, tmp_path / "gate.json"):
            others = [str(tmp_path / "other")] if command == "compare" else []
            assert main([command, str(path), *others]) == 4
            (line,) = capsys.readouterr().err.split("\n")[:-1]
            assert line.startswith(f"error: {tmp_path / 'gate.json'}: ")
            assert "\x1b" not in line
            assert "::" not in line


@pytest.mark.parametrize("name", ["none", "n" * 300, "a\n\x1b[2J", "\udcff"])
def test_a_path_that_cannot_be_read_is_one_line(name, tmp_path, capsys):
    for command in ("verdict", "report", "compare"):
        assert main([command, str(tmp_path / name), *([str(tmp_path)] if command == "compare" else [])]) == 4
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_verdict_knows_no_task_of_another_version(info, judged, tmp_path, capsys):
    task = dataclasses.replace(info().tasks[0], name="not_ours", tier="bundled")
    folder = write(tmp_path, info, [judged("HELD", ok=True)], profile="release", tasks=(task,))
    assert main(["verdict", str(folder)]) == 1
    assert "not_ours would have bundled" in capsys.readouterr().out


def test_a_run_is_not_compared_with_itself(info, judged, tmp_path, capsys):
    one = write(tmp_path / "one", info, [judged()])
    assert main(["compare", str(one), str(one)]) == 4
    assert "named twice" in capsys.readouterr().err


def test_a_table_of_another_run_is_refused_in_one_line(copied, capsys):
    path = copied / "examples.parquet"
    pd.read_parquet(path).drop(columns="candidate.accuracy").drop(columns="baseline.accuracy").to_parquet(path)
    assert main(["report", str(copied)]) == 4
    error = capsys.readouterr().err
    assert "no column baseline.accuracy" in error
    assert len(error.splitlines()) == 1


def test_a_damaged_table_is_refused_in_one_line(copied, capsys):
    path = copied / "examples.parquet"
    whole = path.read_bytes()
    for content in (b"", whole[:-3], whole[: len(whole) // 2], whole[:200] + bytes(200) + whole[400:]):
        path.write_bytes(content)
        assert main(["report", str(copied)]) == 4
        (line,) = capsys.readouterr().err.splitlines()
        assert "no parquet file" in line
