"""--model and --baseline: what runs, what is inferred, what two runs of one model say."""

from pathlib import Path

import pytest

from clue_lib.plugin.collection import FOLDERS
from clue_lib.tasks import TASKS

EVERYTHING = " or ".join(FOLDERS)
ROOT = Path(__file__).parents[2]


def test_a_model_against_itself_differs_nowhere(run_gate, oracle, workers):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *workers)
    assert done.code == 0, done.text
    assert set(done.outcomes().values()) <= {"IDENTICAL", None}
    assert {gate["delta"] for gate in done.report["gates"]} == {0.0}
    assert done.report["passed"] is True


def test_one_engine_load_serves_a_model_against_itself(run_gate, oracle, workers):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *workers)
    assert done.report["run"]["n_engine_starts"] == 1
    assert (oracle / "starts.log").read_text() == "start\n"


def test_only_model_tests_run_with_a_model_and_no_paths(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "-v")
    tests = [line for line in done.text.splitlines() if "::" in line]
    assert tests
    assert all(line.startswith(tuple(f"tests/{folder}/" for folder in FOLDERS)) for line in tests)


def test_without_a_model_the_model_tests_skip_with_a_reason(run_gate):
    done = run_gate("tests/level1", "-rs")
    assert done.code == 0, done.text
    assert "name one with --model=NAME" in done.text
    assert " passed" not in done.text


def test_each_gate_is_one_test_id(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--collect-only", "-q", "--backend=scripted")
    assert "tests/level1/test_mednli.py::test_meets_baseline[accuracy]" in done.text
    assert not (oracle / "starts.log").exists()


def test_selection_by_keyword_judges_only_what_was_selected(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "-k", "meqsum and rougeL")
    assert list(done.outcomes()) == ["level1.meqsum.rougeL"]
    assert [task["name"] for task in done.report["run"]["tasks"]] == ["meqsum"]


def test_selection_by_level_mark(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "-m", "case_challenges")
    assert {task["name"] for task in done.report["run"]["tasks"]} == {"nejm", "jama"}


def test_all_ten_tasks_and_the_whole_run_are_judged(run_gate, oracle, scripted, workers):
    worse = scripted("worse", lambda task, example, ideal: ("" if task.startswith("longhealth") else ideal, "stop"))
    done = run_gate(f"--model={worse}", f"--baseline={oracle}", "--backend=scripted", "-m", EVERYTHING, *workers)
    assert done.code == 1, done.text
    outcomes = done.outcomes()
    assert {gate.split(".")[1] for gate in outcomes} >= set(TASKS) - {"mcq"}
    assert {gate["id"] for gate in done.report["gates"] if not gate["ok"]} == {
        *(f"level2.longhealth_{i}.{metric}" for i in (1, 2, 3) for metric in ("accuracy", "empty", "unparsed")),
        *("averages.level2", "families.instruction_following", "pooled.any_degradation"),
    }
    by_name = {average["name"]: average for average in done.report["averages"]}
    assert by_name["overall"]["baseline"] == by_name["level2"]["baseline"] == 1.0
    assert by_name["level2"]["candidate"] == pytest.approx(2 / 3)  # LongHealth is a third of level 2
    assert by_name["case_challenges"]["candidate"] == 1.0


def test_a_test_of_ones_own_asks_the_session_fixtures_for_scored_runs(run_gate, oracle, tmp_path):
    (tmp_path / "test_own.py").write_text(
        "from clue_lib.tasks.mednli import TASK\n\n\n"
        "def test_own(baseline, candidate):\n"
        "    before, after = baseline('mednli'), candidate('mednli')\n"
        "    assert len(before.responses) == len(after.responses) == 39\n"
        "    assert set(after.scores['accuracy']) == {1.0}\n"
        "    assert [r.example.id for r in before.responses] == [r.example.id for r in after.responses]\n"
    )
    done = run_gate(
        f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "-p", "clue_lib.plugin",
        f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}", str(tmp_path / "test_own.py"),
    )  # fmt: skip
    assert "1 passed" in done.text
    assert (oracle / "starts.log").read_text() == "start\n"


def test_two_workers_reach_the_same_verdicts_as_one(run_gate, oracle, scripted):
    worse = scripted("worse", lambda task, example, ideal: ("I can not say.", "stop"))
    options = (f"--model={worse}", f"--baseline={oracle}", "--backend=scripted")
    alone, both = run_gate(*options), run_gate(*options, "-n", "2")
    assert alone.code == both.code == 1
    assert alone.report["gates"] == both.report["gates"]


def test_figures_that_are_infinite_reach_the_controller(run_gate, oracle, scripted, workers):
    mute = scripted("mute", lambda task, example, ideal: ("", "stop"))
    done = run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", "--limit=1", *workers)
    assert done.code == 0, done.text  # one example decides nothing
    assert {gate["n"] for gate in done.report["gates"]} == {1}
    assert None in {gate["mde"] for gate in done.report["gates"]}  # JSON has no infinity
