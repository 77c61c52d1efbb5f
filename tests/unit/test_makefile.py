"""`make gate`: which failures of the demo are the product's point, and which are errors."""

import json
import os
import shutil
import subprocess

import pytest

PYTHON = """#!/bin/sh
case "$*" in
  "-m pytest"*) exit $PYTEST_CODE ;;
esac
"""


@pytest.fixture
def make_gate(root, tmp_path):
    """Runs `make gate` with a stand-in for Python that ends as it is told; gives make's exit code."""

    def run(*, pytest_code, state, failed_snapshots=(), options=()):
        environment, reports = tmp_path / "venv", tmp_path / "reports"
        for folder in (environment / "bin", reports):
            folder.mkdir(parents=True)
        (environment / ".ready").touch()  # newer than what it is made of: nothing is installed
        (environment / "bin" / "python").write_text(PYTHON)
        (environment / "bin" / "python").chmod(0o755)
        report = {"state": state, "run": {"failed_snapshots": failed_snapshots}}
        (reports / "gate.json").write_text(json.dumps(report, indent=2))
        given = [f"VENV={environment}", f"REPORT={reports}", "ENGINE=transformers", *options]
        environ = os.environ | {"PYTEST_CODE": str(pytest_code)}
        done = subprocess.run(["make", "gate", *given], cwd=root, env=environ, capture_output=True, check=False)
        return done.returncode

    return run


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("ended", "is_success"),
    [
        ({"pytest_code": 0, "state": "pass"}, True),
        ({"pytest_code": 1, "state": "fail"}, True),  # the demo's candidate is meant to fail
        ({"pytest_code": 1, "state": "fail", "options": ["MODEL=./my-finetune"]}, False),
        ({"pytest_code": 1, "state": "fail", "failed_snapshots": ["medisumcode"]}, False),
        ({"pytest_code": 1, "state": "broken"}, False),
        ({"pytest_code": 4, "state": "broken"}, False),
        ({"pytest_code": 2, "state": "fail"}, False),
    ],
)
def test_only_the_demos_verdict_is_no_error(make_gate, ended, is_success):
    assert (make_gate(**ended) == 0) is is_success
