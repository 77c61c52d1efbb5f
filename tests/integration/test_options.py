"""The options that shape a run: --limit, --profile, --seed, --prompts, --data-root, --report-dir, --store."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clue_lib import datasets
from clue_lib.tasks import wordings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def itself(run_gate, oracle):
    """Runs the oracle against itself with the options given."""
    return lambda *options: run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *options)


def test_limit_takes_so_many_examples_of_each_task_and_is_smoke(itself, workers):
    done = itself("--limit=12", *workers)
    assert {task["n_scored"] for task in done.report["run"]["tasks"]} == {12}
    assert done.report["run"]["profile"] == "smoke"
    assert "certifies nothing" in done.text


def test_profile_release_refuses_bundled_data(itself):
    done = itself("--profile=release", "tests/level1", "tests/level2", "tests/case_challenges", "tests/whole_run")
    assert done.code == 4, done.text
    assert "--profile=release: release demands real data, and mednli" in " ".join(done.text.split())
    assert done.report is None


def test_profile_release_demands_every_gate(itself, workers):
    done = itself("--profile=release", "-k", "mednli", *workers)
    assert done.code == (1 if workers else 4), done.text  # a worker's tests say it, and fail
    assert "were not selected; drop -k, -m and paths" in " ".join(done.text.split())
    assert "generating" not in done.text


@pytest.mark.parametrize("names", [("--model=",), ("--model=", "--baseline={}"), ("--model={}", "--baseline=")])
def test_an_empty_model_is_one_line(run_gate, oracle, names):
    done = run_gate(*(name.format(oracle) for name in names), "--backend=scripted")
    assert done.code == 4, done.text
    assert "=: empty, as an unset variable leaves it; name a model's folder, alias or id" in done.text
    assert "Traceback" not in done.text
    assert "INTERNALERROR" not in done.text


def test_a_run_without_a_gate_fails_and_says_so(itself):
    done = itself("tests/monitored/test_mcq.py")
    assert done.code == 1, done.text
    assert "NOTHING JUDGED: no test of a gate ran" in done.text
    assert itself("tests/monitored/test_mcq.py", "--collect-only").code == 0


def test_seed_changes_the_shots_and_so_the_prompts(itself, tmp_path):
    itself("--seed=1")
    first = len(next((tmp_path / "store").rglob("generations.jsonl")).read_text().splitlines())
    itself("--seed=2")
    second = len(next((tmp_path / "store").rglob("generations.jsonl")).read_text().splitlines())
    assert second == 2 * first  # no prompt of one seed is one of the other's


def test_prompts_are_replaced_by_a_folder_of_texts(itself, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for task in ("mednli", "meqsum"):
        fields = {"mednli": "$premise $hypothesis", "meqsum": "$message"}[task]
        (folder / f"{task}.toml").write_text(f'system = "Answer."\nuser = "{fields}"\n')
    before = {task["name"]: task["prompts_digest"] for task in itself().report["run"]["tasks"]}
    after = {task["name"]: task["prompts_digest"] for task in itself(f"--prompts={folder}").report["run"]["tasks"]}
    assert after == {task: wordings.digest(wordings.load(task, folder)) for task in before}
    assert not set(before.values()) & set(after.values())


def test_wordings_of_a_folder_are_dealt_and_told(itself, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    tables = "".join(f'[[wording]]\nsystem = "{system}"\n' for system in ("Answer.", "Reply.", "Say."))
    (folder / "mednli.toml").write_text(f'user = "$premise $hypothesis"\n{tables}')
    done = itself(f"--prompts={folder}", "-k", "mednli")
    assert "each task in 3 wordings" in " ".join(done.text.split())
    assert done.report["run"]["tasks"][0]["n_wordings"] == 3
    assert [spread["gate"] for spread in done.report["run"]["wordings"]] == ["level1.mednli.accuracy"]
    one = itself(f"--prompts={folder}", "-k", "mednli", "--wordings=1")
    assert one.report["run"]["tasks"][0]["n_wordings"] == 1
    assert "--wordings=1" in one.report["command"]
    more = itself(f"--prompts={folder}", "-k", "mednli", "--wordings=4")
    assert more.code == 4, more.text
    assert "--wordings=4: a task has 3 wordings at most; name a number from 1 to 3" in " ".join(more.text.split())


def test_prompts_with_an_unknown_field_are_a_usage_error(itself, tmp_path):
    (tmp_path / "mednli.toml").write_text('system = "Answer."\nuser = "$premisse"\n')
    done = itself(f"--prompts={tmp_path}", "-k", "mednli")
    assert done.code == 4, done.text
    assert "premisse" in done.text
    assert "NOTHING JUDGED" not in done.text  # a mistake is one line


def test_data_root_takes_the_users_file_and_keeps_its_answers_beside_it(itself, tmp_path):
    root = tmp_path / "data" / "mednli"
    root.mkdir(parents=True)
    shutil.copy(datasets.find("mednli", None).path, root / "mli_test_v1.jsonl")
    done = itself(f"--data-root={tmp_path / 'data'}")
    tasks = {task["name"]: task for task in done.report["run"]["tasks"]}
    assert (tasks["mednli"]["tier"], tasks["mednli"]["data"]) == ("credentialed", "not the official file")
    assert (tasks["meqsum"]["tier"], tasks["meqsum"]["data"]) == ("bundled", "bundled")
    assert len(list(root.rglob("generations.jsonl"))) == 1


def test_text_under_an_agreement_reaches_no_artefact(run_gate, oracle, scripted, tmp_path):
    canary = "zx-canary-81"
    root = tmp_path / "data"
    root.mkdir()
    bundled = datasets.find("mednli", None).path.read_text()
    (root / "mli_test_v1.jsonl").write_text(bundled.replace("bundled-nli", canary).replace("patient", canary))
    parrot = scripted("parrot", lambda task, example, ideal: (f"{canary} {example.fields}", "stop"))
    junit = tmp_path / "report" / "junit.xml"
    done = run_gate(
        f"--model={parrot}", f"--baseline={oracle}", "--backend=scripted", f"--data-root={root}", f"--junitxml={junit}",
        "-k", "mednli", "-vv",
    )  # fmt: skip
    assert done.code == 1
    assert "withheld: the data is credentialed" in done.text
    assert canary not in done.text
    for folder in (tmp_path / "report", tmp_path / "store"):
        assert not any(canary in path.read_text() for path in folder.rglob("*") if path.is_file())


def test_stored_answers_are_not_generated_again(itself, oracle):
    itself()
    again = itself()
    assert again.report["run"]["n_engine_starts"] == 0
    assert (oracle / "starts.log").read_text() == "start\n"


def test_an_interrupted_store_is_completed_and_says_so(itself, tmp_path):
    whole = itself().report["gates"]
    path = next((tmp_path / "store").rglob("generations.jsonl"))
    path.write_bytes(path.read_bytes()[:-700])
    resumed = itself()
    assert resumed.report["gates"] == whole
    assert resumed.report["run"]["n_engine_starts"] == 1


def test_replay_judges_recorded_answers_without_an_engine(run_gate, itself, oracle, tmp_path, workers):
    recorded = itself().report["gates"]
    folder = next((tmp_path / "store").rglob("about.json")).parent
    shutil.copytree(folder, tmp_path / "recording")
    shutil.rmtree(tmp_path / "store")
    spec = f"replay:{tmp_path / 'recording'}"
    done = run_gate(f"--model={spec}", f"--baseline={spec}", *workers)
    assert done.report["gates"] == recorded
    assert done.report["run"]["candidate"]["name"] == "oracle"
    assert (oracle / "starts.log").read_text() == "start\n"


def test_replay_of_other_prompts_is_an_error_that_says_so(run_gate, itself, tmp_path):
    itself("--seed=5")
    spec = f"replay:{next((tmp_path / 'store').rglob('about.json')).parent}"
    done = run_gate(f"--model={spec}", f"--baseline={spec}")
    assert done.code == 1
    assert set(done.outcomes().values()) == {"ERROR"}
    assert "no recorded answer to" in done.text


def test_runs_under_different_engines_are_refused(run_gate, itself, oracle, tmp_path):
    itself()
    recording = tmp_path / "recording"
    shutil.copytree(next((tmp_path / "store").rglob("about.json")).parent, recording)
    about = json.loads((recording / "about.json").read_text())
    about["engine"]["version"] = "other"
    del about["checksum"], about["format"]  # as a person would write it: else it counts as damaged
    (recording / "about.json").write_text(json.dumps(about))
    done = run_gate(f"--model={oracle}", f"--baseline=replay:{recording}", "--backend=scripted")
    assert (done.code, done.report) == (4, None)
    assert "recorded" in done.text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("script") is None, reason="needs script, of util-linux, to make a terminal")
def test_progress_shows_on_a_terminal_through_pytests_capture(oracle, tmp_path):
    command = f"{sys.executable} -m pytest -p no:cacheprovider --model={oracle} --baseline={oracle} --backend=scripted"
    command += f" --store={tmp_path / 'store'} --report-dir={tmp_path / 'report'} tests/level1"
    typescript = tmp_path / "typescript"
    env = {**os.environ, "TERM": "xterm", "CI": "false", "COLUMNS": "80"}
    script = ["script", "-qec", command, str(typescript)]
    subprocess.run(script, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
    shown = typescript.read_bytes().decode()
    assert "baseline mednli 0/39  ─" in shown
    assert "baseline meqsum 41/41  ━" in shown


def test_progress_is_log_lines_without_a_terminal(itself, workers):
    done = itself(*workers)
    assert "generating baseline mednli: 39/39" in done.text
    assert "\r" not in done.text


@pytest.mark.parametrize("quiet", [(), ("-q",), ("-v",)])
def test_the_header_stands_once_at_the_start_or_where_workers_plan_above_the_table(itself, workers, quiet):
    lines = itself(*workers, *quiet).text.splitlines()
    (place,) = [i for i, line in enumerate(lines) if line.startswith("baseline  ")]
    summary = next(i for i, line in enumerate(lines) if "= CLUE Gate =" in line)
    assert (place > summary) == bool(workers)
    below = lines[place : place + 9]
    for label in (
        "candidate oracle (weights ",
        "engine    scripted",
        "data      mednli: bundled, 39 of 48",
        "profile   ci",
    ):
        assert [line for line in below if line.startswith(label)], label


def test_a_multiple_choice_set_of_ones_own_is_shown_and_never_fails(run_gate, model_folder, tmp_path):
    cases = [
        {"id": f"q{i}", "question": f"Question {i}?", "options": {"A": "yes", "B": "no"}, "answer": "A"}
        for i in range(30)
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mcq.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    right, wrong = model_folder("right", 'default = "A"'), model_folder("wrong", 'default = "B"')
    options = ("--backend=scripted", f"--data-root={tmp_path / 'data'}", "-m", "monitored or case_challenges")
    done = run_gate(f"--model={wrong}", f"--baseline={right}", *options)
    found = {gate["id"]: gate for gate in done.report["gates"]}["monitored.mcq.accuracy"]
    assert (found["baseline"], found["candidate"], found["role"], found["ok"]) == (1.0, 0.0, "monitor", True)
    assert not [gate["id"] for gate in done.report["gates"] if not gate["ok"] and "mcq" in gate["id"]]
    assert {average["name"] for average in done.report["averages"]} >= {"mcq", "case_challenges"}
