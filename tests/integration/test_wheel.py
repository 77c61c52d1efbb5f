"""The wheel: it carries the suite and the package's data, nothing that tests our own code, and is small."""

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = "clue_lib/suite/"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="needs hatchling")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def content(path):
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def tracked(*folders):
    """The files below these folders that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return listed.stdout.splitlines()


def test_it_carries_the_suite_as_it_lies_in_the_repository(content):
    folders = [f"tests/{name}" for name in ("level1", "level2", "case_challenges", "monitored", "whole_run")]
    expected = {
        SUITE + name: (ROOT / name).read_bytes() for name in tracked(*folders, "fixtures/data", "thresholds.toml")
    }
    assert {name: data for name, data in content.items() if name.startswith(SUITE)} == expected


def test_it_carries_every_file_of_the_package_and_nothing_else(content):
    own = {name for name in content if not name.startswith(SUITE) and ".dist-info/" not in name}
    assert own == set(tracked("clue_lib"))


def test_it_has_the_program_and_no_plugin_that_loads_itself(content):
    (entry_points,) = (data.decode() for name, data in content.items() if name.endswith("entry_points.txt"))
    assert "clue-gate = clue_lib.__main__:clue_gate" in entry_points
    assert "pytest11" not in entry_points


def test_it_is_about_a_megabyte(path):
    assert 0.5e6 < path.stat().st_size < 1.5e6
