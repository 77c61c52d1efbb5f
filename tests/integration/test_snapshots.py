"""Snapshots as a user meets them: recording, the same outputs, a planted change, another engine, private data."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import official_data
import pytest

from clue_lib import datasets, snapshots
from clue_lib.plugin.collection import FOLDERS
from clue_lib.snapshots import WATCHED

ROOT = Path(__file__).parents[2]
SUITE = tuple(f"tests/{folder}" for folder in FOLDERS)
TESTS = ("tests/level2/test_medisumcode.py", "tests/level2/test_longhealth_3.py")


@pytest.fixture
def run_snapshots(run_gate, oracle, tmp_path):
    """Runs the snapshot tests of MeDiSumCode and LongHealth 3 on the oracle, with a folder of their own."""

    def run(*options: str, tests: tuple[str, ...] = TESTS, keyword: str = "snapshot"):
        own = (
            f"--model={oracle}",
            f"--baseline={oracle}",
            "--backend=scripted",
            f"--snapshot-dir={tmp_path / 'snaps'}",
        )
        return run_gate(*own, *tests, "-k", keyword, *options)

    return run


@pytest.fixture
def change(tmp_path) -> Callable[..., None]:
    """Changes a recorded file as if it had been recorded so."""

    def make(task: str, edit: Callable[[dict], None]) -> None:
        path = next((tmp_path / "snaps").glob(f"*/{task}.*.json"))
        content = json.loads(path.read_text(encoding="utf-8"))
        edit(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return make


def other_engine(content: dict) -> None:
    content["origin"]["engine"]["capability"] = "another"


def without_a_code(content: dict) -> None:
    """The oracle names every gold code: that of this letter's hypertension was not recorded."""
    del content["letters"]["bundled-adm-01"]["valid"]["I10"]


def three_hallucinations_more(content: dict) -> None:
    content["hallucinations"]["answered_unanswerable"] = {"answers": 3, "in_all": 3}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_none_yet_skips_with_the_command(run_snapshots, workers):
    done = run_snapshots("-rs", *workers)
    assert done.code == 0, done.text
    assert "2 skipped" in done.text
    assert "no snapshot of oracle on medisumcode, at this revision" in done.text
    assert "to record: pytest " in done.text
    reasons = [line for line in done.text.splitlines() if "SKIPPED" in line]
    assert len(reasons) == 2
    assert all("record it: pytest " in line and line.endswith("--snapshot-update") for line in reasons)


@pytest.mark.slow
def test_recorded_once_and_the_same_the_next_time(run_snapshots, tmp_path):
    folder = tmp_path / "snaps"
    recording = run_snapshots("--snapshot-update", "-n", "2")
    assert recording.code == 0, recording.text
    assert "2 snapshots generated" in recording.text
    first = contents(folder)
    assert sorted(Path(name).name for name in first) == ["longhealth_3.scripted.json", "medisumcode.scripted.json"]
    shutil.rmtree(folder)
    assert run_snapshots("--snapshot-update").code == 0
    assert contents(folder) == first  # alone as with two workers, byte for byte
    again = run_snapshots("-n", "2")
    assert again.code == 0, again.text
    assert "2 passed" in again.text
    assert contents(folder) == first


def test_a_planted_change_fails_with_letter_code_and_description(run_snapshots, change):
    run_snapshots("--snapshot-update")
    change("medisumcode", without_a_code)
    change("longhealth_3", three_hallucinations_more)
    done = run_snapshots()
    assert done.code == 1
    assert "2 failed" in done.text
    lines = [line.removeprefix("E").strip() for line in done.text.splitlines()]
    place = lines.index("bundled-adm-01")
    assert lines[place + 1] == "+ I10  Essential (primary) hypertension"
    assert "longhealth_3 (scripted): answered_unanswerable down, 3 → 0 answers (3 → 0 in all)" in lines


def test_another_engines_drift_is_told_in_a_line(run_snapshots, change):
    run_snapshots("--snapshot-update")
    for edit in (other_engine, without_a_code):
        change("medisumcode", edit)
    for edit in (other_engine, three_hallucinations_more):
        change("longhealth_3", edit)
    done = run_snapshots()
    assert done.code == 0, done.text
    assert "drift within the tolerance" in done.text
    assert "drift beyond the tolerance" in done.text  # 3 of 96 answers, where 2 are tolerated
    assert "+ I10  Essential (primary) hypertension" not in done.text  # the reports say what it is


@pytest.mark.slow
def test_release_asks_for_snapshots_first_and_then_for_outputs_within_the_tolerance(run_gate, oracle, tmp_path):
    """Copies of the bundled files count as data of the user's own."""
    data = official_data.write(tmp_path / "data", official=False)
    named = (f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"--data-root={data}", *SUITE)
    refused = run_gate(*named, "--profile=release")
    assert (refused.code, refused.report) == (4, None)
    assert "no snapshot of oracle on problem_summary is recorded, at this revision; record it: pytest" in " ".join(
        refused.text.split()
    )
    assert "generating" not in refused.text
    recording = run_gate(*named, "-k", "snapshot", "--snapshot-update", "--snapshot-dir", str(tmp_path / "snaps"))
    assert recording.code == 0, recording.text
    released = run_gate(*named, "--profile=release", "--snapshot-dir", str(tmp_path / "snaps"))
    assert released.code == 0, released.text
    assert released.report["headline"].startswith("PASS (release): none of ")
    path = next((tmp_path / "snaps").glob("*/longhealth_3.*.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    for edit in (other_engine, three_hallucinations_more):
        edit(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    drifted = run_gate(*named, "--profile=release", "--snapshot-dir", str(tmp_path / "snaps"))
    assert drifted.code == 1
    assert "FAILED tests/level2/test_longhealth_3.py" in drifted.text


def test_other_questions_are_not_compared(run_snapshots, tmp_path):
    run_snapshots("--snapshot-update")
    before = contents(tmp_path / "snaps")
    seeded = run_snapshots("--seed=1", "-rs")
    assert seeded.code == 0, seeded.text
    assert "recorded with other questions" in seeded.text
    limited = run_snapshots("--limit=5", "--snapshot-update", "-rs")
    assert "2 skipped" in limited.text
    assert contents(tmp_path / "snaps") == before


def test_unused_snapshots_are_told_and_kept(run_snapshots, tmp_path, workers):
    run_snapshots("--snapshot-update")
    recorded = next((tmp_path / "snaps").glob("*/medisumcode.*.json"))
    old = tmp_path / "snaps" / "oracle-before" / recorded.name
    old.parent.mkdir()
    old.write_text(recorded.read_text().replace(snapshots.read(recorded).origin.revision, "0" * 64))
    recorded.write_text("{")  # as a killed run might leave it: recorded anew
    done = run_snapshots("--snapshot-update", *workers)
    assert done.code == 0, done.text
    assert done.text.count("unused: ") == 1
    assert "oracle-before/medisumcode.scripted.json" in done.text
    assert old.exists()
    assert snapshots.read(recorded).letters


def test_snapshots_alone_are_no_run_of_gates(run_snapshots, tmp_path):
    done = run_snapshots("--snapshot-update")
    assert done.code == 0, done.text
    assert "No gate was selected: nothing is judged but the snapshots" in done.text
    assert "NOTHING JUDGED" not in done.text
    assert not list((tmp_path / "report").glob("[!e]*"))  # engine.log alone


def test_a_failed_snapshot_is_no_gate_but_fails_the_run_and_its_reports(run_snapshots, change, tmp_path, workers):
    gated = {"tests": TESTS[:1], "keyword": "snapshot or valid_share"}
    recording = run_snapshots("--snapshot-update", "--reports=all", *workers, **gated)
    assert recording.code == 0, recording.text
    assert recording.report["passed"] is True
    change("medisumcode", without_a_code)
    done = run_snapshots("--reports=all", *workers, **gated)
    assert done.code == 1
    assert [gate["id"] for gate in done.report["gates"]] == ["level2.medisumcode.valid_share"]
    assert done.report["run"]["failed_snapshots"] == ["medisumcode"]
    assert (done.report["passed"], done.report["state"]) == (False, "fail")
    for page in ("report.md", "report.html"):
        text = (tmp_path / "report" / page).read_text(encoding="utf-8")
        assert "none of 1 gates failed, but the snapshot of medisumcode did" in text


def test_a_snapshot_folder_that_can_be_none_is_refused_before_an_engine_starts(run_gate, oracle, tmp_path, workers):
    (tmp_path / "file").write_text("")
    own = (f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *TESTS[:1], "--snapshot-update", *workers)
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        done = run_gate(*own, f"--snapshot-dir={place}")
        assert done.code == 4
        assert f"--snapshot-dir={place}: {tmp_path / 'file'} is no folder; name one" in done.text
        assert "Traceback" not in done.text
        assert not (tmp_path / "report" / "engine.log").exists()


def test_every_watched_task_has_one_snapshot_test_of_its_level(run_gate, oracle):
    folders = [f"tests/{folder}" for folder in FOLDERS]
    own = (f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *folders)
    done = run_gate(*own, "--collect-only", "-q", "-k", "snapshot", "-m", "level1 or level2")
    found = [line.split("::")[0] for line in done.text.splitlines() if "::" in line]
    assert sorted(Path(name).stem.removeprefix("test_") for name in found) == sorted(WATCHED)


@pytest.mark.slow
def test_text_under_an_agreement_reaches_neither_repository_nor_snapshot(run_snapshots, tmp_path):
    canary = "zx-canary-82"
    root = tmp_path / "data"
    root.mkdir()
    bundled = datasets.find("medisumcode", None).path.read_text(encoding="utf-8")
    (root / "MeDiSumCode.json").write_text(bundled.replace("bundled-adm", canary), encoding="utf-8")
    options = (f"--data-root={root}", f"--junitxml={tmp_path / 'report' / 'junit.xml'}", "-vv", "-n", "2")
    before = contents(ROOT / "tests")
    recording = run_snapshots("--snapshot-update", *options, tests=TESTS[:1])
    assert recording.code == 0, recording.text
    assert not (tmp_path / "snaps").exists()
    assert {name for name in contents(ROOT / "tests") if "__pycache__" not in name} == {
        name for name in before if "__pycache__" not in name
    }
    path = next((root / ".clue-gate" / "snapshots").rglob("*.json"))
    assert canary not in path.read_text(encoding="utf-8")
    stored = json.loads(path.read_text(encoding="utf-8"))
    name = min(name for name, letter in stored["letters"].items() if "I10" in letter["valid"])
    del stored["letters"][name]["valid"]["I10"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    done = run_snapshots(*options, tests=TESTS[:1])
    assert done.code == 1
    assert "codes 1 new (0 invalid), 0 lost, in 1 letter" in done.text
    artefacts = done.text + "".join(found.decode() for found in contents(tmp_path / "report").values())
    for secret in (canary, name, "Essential (primary) hypertension"):
        assert secret not in artefacts
