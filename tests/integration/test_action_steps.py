"""The steps of the GitHub action, run as a runner would in a checkout that wants to decide its own verdict."""

import json
import os
import re
import site
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")

pytestmark = pytest.mark.slow

STEAL = """\
import os, pathlib
pathlib.Path(os.environ["STOLEN"]).write_text(os.environ.get("HF_TOKEN", "ran"))
os._exit(0)
"""
"""What the files of the hostile checkout do where anything imports or runs them."""


def plant(checkout: Path) -> None:
    """Everything by which a folder is known to get into a Python program, or a shell, that works in it."""
    modules = (
        "pytest",
        "sitecustomize",
        "usercustomize",
        "conftest",
        "msgspec",
        "xdist",
        "syrupy",
        "yaml",
        "venv",
        "pip",
    )
    for name in modules:
        (checkout / f"{name}.py").write_text(STEAL)
    for name in ("clue_lib", "numpy", "tests"):
        (checkout / name).mkdir()
        (checkout / name / "__init__.py").write_text(STEAL)
        (checkout / name / "__main__.py").write_text(STEAL)
    for name in ("python", "python3", "git", "mkdir", "rm", "sha256sum"):
        (checkout / name).write_text('#!/bin/sh\necho "$0" > "$STOLEN"\nexit 0\n')
        (checkout / name).chmod(0o755)
    addopts = 'addopts = ["-p", "conftest", "--collect-only"]\npythonpath = ["."]'
    (checkout / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\n{addopts}\n")
    (checkout / "pytest.ini").write_text("[pytest]\naddopts = -p conftest --collect-only\n")
    (checkout / "clue_gate.pth").write_text("import conftest\n")


class Runner:
    """Runs the action's steps as GitHub's runner does: in the checkout, with a folder for temporary files."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.checkout, self.temporary, self.stolen = folder / "checkout", folder / "temp", folder / "stolen"
        self.checkout.mkdir()
        self.temporary.mkdir()
        self._action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        defaults = {name: entry.get("default", "") for name, entry in self._action["inputs"].items()}
        self._inputs = defaults | inputs

    def step(self, name: str, **env: str) -> int:
        """The exit code of the step of that name."""
        (step,) = (step for step in self._action["runs"]["steps"] if step["name"] == name)
        own = {key: INPUT.sub(lambda match: self._inputs[match[1]], text) for key, text in step["env"].items()}
        places = {"RUNNER_TEMP": self.temporary, "GITHUB_WORKSPACE": self.checkout, "GITHUB_ACTION_PATH": ROOT}
        places |= {"GITHUB_OUTPUT": self.temporary / "output", "STOLEN": self.stolen}
        hostile = {"PATH": f".{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": ".", "PYTHONSTARTUP": "conftest.py"}
        given = {**os.environ, **hostile, **own, **{key: str(path) for key, path in places.items()}, **env}
        command = ["/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.checkout, env=given, capture_output=True, text=True, check=False, timeout=900
        )
        print(done.stdout[-3000:], done.stderr[-3000:])
        return done.returncode

    def outputs(self) -> dict[str, str]:
        """What the steps have told so far."""
        return dict(line.split("=", 1) for line in (self.temporary / "output").read_text().splitlines())

    def provide(self) -> None:
        """Let the environment that was made find this checkout's suite, as an engine's extra would install it."""
        (packages,) = (self.temporary / "clue-gate" / "venv" / "lib").glob("python*/site-packages")
        paths = [str(ROOT), *site.getsitepackages()]
        (packages / "suite.pth").write_text("\n".join(paths) + "\n")


def test_a_hostile_checkout_neither_runs_nor_decides(tmp_path, oracle):
    """Nothing of it ran, no token was read, and the verdict is that of the models."""
    runner = Runner(
        tmp_path, model="./oracle", baseline="./oracle", backend="scripted", extra="", python=sys.executable
    )
    oracle.rename(runner.checkout / "oracle")
    plant(runner.checkout)
    assert runner.step("Install") == 0
    runner.provide()
    assert runner.step("Gate", HF_TOKEN="secret") == 0
    assert not runner.stolen.exists(), runner.stolen.read_text()
    told = runner.outputs()
    assert told["code"] == "0"
    gate_json = json.loads((runner.temporary / "clue-gate" / "report" / "gate.json").read_text())
    assert gate_json["state"] == "pass"
    assert len(gate_json["gates"]) > 50
    assert runner.step("Verdict", CODE=told["code"]) == 0
    worse = gate_json | {"gates": [gate | {"ok": False, "outcome": "REGRESSED"} for gate in gate_json["gates"]]}
    (runner.temporary / "clue-gate" / "report" / "gate.json").write_text(json.dumps(worse))
    assert runner.step("Verdict", CODE="0") != 0
    assert not runner.stolen.exists()
