"""A full disk, a broken one, a short write at each of a run's writes in turn: nothing is lost, nothing is believed."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELPERS = ROOT / "tests" / "helpers"
SHORT = -1

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs a C compiler and LD_PRELOAD"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library that fails writes."""
    built = tmp_path_factory.mktemp("faulty") / "faulty_io.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", built, HELPERS / "faulty_io.c", "-ldl"]
    subprocess.run(command, check=True)
    return built


@pytest.fixture
def runs(library, oracle, tmp_path):
    """Gives the undisturbed run, and pairs of a run with a fault and its rerun."""

    def make(error, first, step):
        work = tmp_path / "work"
        env = os.environ | {"LD_PRELOAD": str(library), "FAULTY_ROOT": str(work), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, HELPERS / "fault_driver.py", work, oracle, str(error), str(first), str(step)]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        whole, *pairs = [json.loads(line) for line in done.stdout.splitlines()]
        assert (whole["code"], whole["passed"]) == (0, True), whole["text"]
        return whole, pairs

    return make


def check(whole, pairs):
    """What has to hold, whichever write it was."""
    assert pairs
    for failed, again in pairs:
        text = failed["text"]
        assert failed["code"] in (0, 1, 4), (failed["at"], text)
        assert "Traceback" not in text, (failed["at"], text)
        assert "INTERNALERROR" not in text, (failed["at"], text)
        # The exit code and what is written agree; where nothing could be written, the run has not passed.
        assert (failed["code"] == 0) == bool(failed["passed"]), (failed["at"], text)
        assert again["code"] == 0, (failed["at"], again["text"])
        assert again["gates"] == whole["gates"], failed["at"]
        assert again["stored"] == whole["stored"], failed["at"]  # nothing lost, nothing twice
        assert again["parts"] == [], failed["at"]


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, SHORT], ids=["full disk", "broken disk", "short write"])
def test_some_writes_fail(runs, error):
    check(*runs(error, 3, 17))


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, SHORT], ids=["full disk", "broken disk", "short write"])
def test_each_write_fails_in_turn(runs, error):
    check(*runs(error, 0, 1))
