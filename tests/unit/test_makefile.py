"""`make gate`: which failures of the demo are the product's point, and which are errors."""

import json
import os
import shutil
import subprocess

import pytest

PYTHON = """#!/bin/sh
case "$*" in
  "-m pytest"*) exit $PYTEST_CODE ;;
  "-m clue_lib verdict"*) exit $VERDICT_CODE ;;
esac
"""


@pytest.fixture
def make_gate(root, tmp_path):
    """Runs `make gate` with a stand-in for Python that ends as it is told; gives make's exit code."""

    def run(*, pytest_code, verdict_code, failed_snapshots=(), options=()):
        environment, reports = tmp_path / "venv", tmp_path / "reports"
        for folder in (environment / "bin", reports):
            folder.mkdir(parents=True)
        (environment / ".ready").touch()  # newer than what it is made of: nothing is installed
        (environment / "bin" / "python").write_text(PYTHON)
        (environment / "bin" / "python").chmod(0o755)
        (reports / "gate.json").write_text(json.dumps({"run": {"failed_snapshots": failed_snapshots}}, indent=2))
        given = [f"VENV={environment}", f"REPORT={reports}", "ENGINE=transformers", *options]
        codes = {"PYTEST_CODE": str(pytest_code), "VERDICT_CODE": str(verdict_code)}
        done = subprocess.run(
            ["make", "gate", *given], cwd=root, env=os.environ | codes, capture_output=True, check=False
        )
        return done.returncode

    return run


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("ended", "is_success"),
    [
        ({"pytest_code": 0, "verdict_code": 0}, True),
        ({"pytest_code": 1, "verdict_code": 1}, True),  # the demo's candidate is meant to fail
        ({"pytest_code": 1, "verdict_code": 1, "options": ["MODEL=./my-finetune"]}, False),
        ({"pytest_code": 1, "verdict_code": 1, "failed_snapshots": ["medisumcode"]}, False),
        ({"pytest_code": 1, "verdict_code": 3}, False),
        ({"pytest_code": 4, "verdict_code": 3}, False),
        ({"pytest_code": 2, "verdict_code": 1}, False),
    ],
)
def test_only_the_demos_verdict_is_no_error(make_gate, ended, is_success):
    assert (make_gate(**ended) == 0) is is_success
