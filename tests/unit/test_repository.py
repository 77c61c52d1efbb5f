"""What GitHub reads of this repository: workflows pinned and with least rights, templates of its shape, one version."""

import re
import subprocess

import pytest
import yaml

from clue_lib.__about__ import __version__

WORKFLOWS = ("ci", "release")


@pytest.fixture(scope="module")
def workflows(root):
    return {name: (root / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8") for name in WORKFLOWS}


def test_every_action_is_pinned_to_a_commit_and_says_its_version(workflows):
    used = re.findall(r"uses: (.+)$", "".join(workflows.values()), re.MULTILINE)
    assert len(used) >= 6
    for name in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name), name


def test_rights_are_the_least(workflows):
    for text in workflows.values():
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    jobs = yaml.safe_load(workflows["release"])["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "permissions" not in jobs["build"]  # what is built runs code; what publishes does not
    assert [step["uses"].split("@")[0] for step in jobs["publish"]["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert "secrets." not in "".join(workflows.values())


def test_scripts_are_valid_shell_and_take_no_text_of_githubs(workflows):
    for text in workflows.values():
        for job in yaml.safe_load(text)["jobs"].values():
            for script in (step["run"] for step in job["steps"] if "run" in step):
                assert "${{" not in script
                subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_ci_runs_what_every_clone_can_run(workflows):
    assert "run: bash .ci/run" in workflows["ci"]


def test_templates_have_the_shape_of_githubs_forms(root):
    forms = [path for path in (root / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(form)
        ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
        assert len(ids) == len(set(ids)) > 0
        assert all(field["type"] in {"markdown", "input", "textarea", "dropdown"} for field in form["body"])


def test_the_version_is_one_everywhere(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d\S*)", changes, re.MULTILINE)[0] == __version__


def test_the_changelog_is_read_in_a_minute(root):
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {re.escape(__version__)}.*?\n(.*?)(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    lines = [line for line in section.splitlines() if line.startswith("- ")]
    assert 0 < len(lines) <= 40
    assert re.findall(r"^### (\w+)", section, re.MULTILINE) == ["Added", "Changed", "Fixed"]
