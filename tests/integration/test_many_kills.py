"""SIGKILL at 50 random moments of a run and its reruns: no stored answer is lost, none is there twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = ROOT / "tests" / "helpers" / "kill_driver.py"


def whole_lines(text: str) -> list[str]:
    """The lines that were written to their end."""
    return [line for line in text.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fifty_kills_lose_nothing_and_double_nothing(oracle, tmp_path):
    command = [sys.executable, DRIVER, tmp_path / "work", oracle, "50", "7"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    keys = [json.loads(line)["key"] for line in found["whole"].splitlines()]
    assert len(keys) == len(set(keys)) == 36
    assert sum(map(len, found["after"])) == 50
    killed_among_answers = 0
    for texts in found["after"]:
        before: list[str] = []
        for text in texts:
            lines = whole_lines(text)
            n_whole = len(before) - len(before) % 3  # a chunk has 3 answers; an unfinished one is asked for again
            assert lines[:n_whole] == before[:n_whole]
            killed_among_answers += 0 < len(lines) < 36
            before = lines
    assert killed_among_answers >= 5
    for text, gates in found["ended"]:
        assert text == found["whole"]  # 0 lost, 0 twice
        assert gates == found["gates"]
