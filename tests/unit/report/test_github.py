"""Annotations, the step's summary, and thresholds that a pull request changed."""

import subprocess

import pytest

from clue_lib import digests
from clue_lib.errors import ReportError, StoreError
from clue_lib.report import github, of_run

ACTIONS = {"GITHUB_ACTIONS": "true"}


def run(info, verdicts, **changed):
    return of_run(info(n_selected=len(verdicts), **changed), verdicts)


def test_failed_gates_are_errors_and_undecided_ones_warnings(info, judged):
    found = run(info, [judged(), judged("UNDECIDED", metric="empty", ok=True), judged("HELD", metric="x", ok=True)])
    assert github.annotations(found, ACTIONS) == [
        "::error title=CLUE Gate level1.mednli.accuracy::REGRESSED: why, bounds [−14.0, −6.0]",
        "::warning title=CLUE Gate level1.mednli.empty::UNDECIDED: why, bounds [−14.0, −6.0]",
    ]


def test_a_run_that_fails_without_a_failed_gate_has_an_annotation_too(info, judged):
    broken = of_run(info(n_selected=2), [judged("HELD", ok=True)])
    (line,) = github.annotations(broken, ACTIONS)
    assert line == "::error title=CLUE Gate::INCOMPLETE (ci): 1 of 2 selected gates were judged"
    by_snapshot = run(info, [judged()], failed_snapshots=("medisumcode",))
    assert len(github.annotations(by_snapshot, ACTIONS)) == 2
    assert github.annotations(run(info, [judged("HELD", ok=True)]), ACTIONS) == []


def test_there_are_none_outside_of_githubs_runners(info, judged):
    assert github.annotations(run(info, [judged()]), {}) == []


def test_a_reason_cannot_start_a_command(info, judged):
    hostile = judged("ERROR", figures=None, reason="100 %\n::error::x\r::set-output name=a::b")
    (line,) = github.annotations(run(info, [hostile]), ACTIONS)
    assert (
        line == "::error title=CLUE Gate level1.mednli.accuracy::ERROR: 100 %25%0A::error::x%0A::set-output name=a::b"
    )


def test_what_github_would_drop_is_counted(info, judged):
    lines = github.annotations(run(info, [judged(metric=f"m{i}") for i in range(30)]), ACTIONS)
    assert len(lines) == 10
    assert lines[-1] == "::error title=CLUE Gate::21 more; the step's summary holds all"
    assert len(github.annotations(run(info, [judged(metric=f"m{i}") for i in range(10)]), ACTIONS)) == 10


def test_the_report_is_appended_to_the_steps_summary(tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    github.add_summary("## FAIL", {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.read_text() == "before\n## FAIL\n"
    github.add_summary("## FAIL", {})
    with pytest.raises(StoreError, match="GITHUB_STEP_SUMMARY="):
        github.add_summary("## FAIL", {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")})


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A checkout with thresholds on origin/main; the pull request is the working tree."""
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    (tmp_path / "thresholds.toml").write_text("a = 1\n")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "m"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ):
        subprocess.run([*git, *command], check=True)
    return tmp_path


def test_changed_thresholds_are_named(info, judged, repository):
    found = run(info, [judged()], thresholds_digest=digests.of_file(repository / "thresholds.toml"))
    assert github.thresholds_note(found, {"GITHUB_BASE_REF": "main"}) == ""
    (repository / "thresholds.toml").write_text("a = 2\n")
    changed = run(info, [judged()], thresholds_digest=digests.of_file(repository / "thresholds.toml"))
    note = github.thresholds_note(changed, {"GITHUB_BASE_REF": "main"})
    assert note.startswith("Other thresholds than the base branch's: thresholds.toml is ")
    assert note.endswith(" in main; read that change before this verdict")


def test_a_file_of_a_checkout_that_the_gate_does_not_work_in(info, judged, repository, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    path = repository / "thresholds.toml"
    found = run(info, [judged()], thresholds=str(path), thresholds_digest=digests.of_file(path))
    assert github.thresholds_note(found, {"GITHUB_BASE_REF": "main"}) == ""


def test_rules_that_tasks_brought_are_no_change_of_the_file(info, judged, repository):
    digest = digests.of_file(repository / "thresholds.toml")
    found = run(info, [judged()], thresholds_digest=f"{digest}+{'0' * 64}")
    assert github.thresholds_note(found, {"GITHUB_BASE_REF": "main"}) == ""


def test_a_base_that_git_does_not_have_is_no_agreement(info, judged, repository):
    note = github.thresholds_note(run(info, [judged()]), {"GITHUB_BASE_REF": "elsewhere"})
    assert "can't be told" in note
    assert "fetch-depth: 0" in note


def test_without_a_pull_request_there_is_nothing_to_compare_with(info, judged):
    assert github.thresholds_note(run(info, [judged()]), {}) == ""


def test_the_suites_own_thresholds_are_no_branchs(info, judged, repository):
    found = run(info, [judged()], thresholds="the suite's own thresholds.toml", thresholds_digest="0" * 64)
    assert github.thresholds_note(found, {"GITHUB_BASE_REF": "main"}) == ""


def test_a_named_file_goes_before_git(info, judged, tmp_path):
    base = tmp_path / "base.toml"
    base.write_text("a = 1\n")
    found = run(info, [judged()], thresholds_digest=digests.of_file(base))
    assert github.thresholds_note(found, {"GITHUB_BASE_REF": "main"}, base) == ""
    assert "Other thresholds" in github.thresholds_note(run(info, [judged()]), {}, base)
    with pytest.raises(ReportError, match=r"--base-thresholds=.*No such file"):
        github.thresholds_note(found, {}, tmp_path / "none.toml")
