"""Which thresholds file holds, and how it is named."""

from pathlib import Path

import pytest

from clue_lib import shipped
from clue_lib.errors import ThresholdsError
from clue_lib.judging import thresholds_file

SUITES_OWN = "the suite's own thresholds.toml"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def whole():
    """The text of a sound file."""
    return shipped.path("thresholds.toml").read_text(encoding="utf-8")


def test_a_named_file_goes_first(folder, whole):
    (folder / "thresholds.toml").write_text("broken")
    (folder / "mine.toml").write_text(whole, encoding="utf-8")
    assert thresholds_file.load(Path("mine.toml")).file == "mine.toml"


def test_the_working_folders_file_goes_before_the_suites_own(folder, whole):
    assert thresholds_file.load(None).file == SUITES_OWN
    (folder / "thresholds.toml").write_text(whole.replace("margin = 0.03", "margin = 0.04"), encoding="utf-8")
    read = thresholds_file.load(None)
    assert read.file == "thresholds.toml"
    assert {gate.margin for gate in read.gates if gate.id == "level1.mednli.accuracy"} == {0.04}


def test_a_broken_file_here_is_an_error_and_not_passed_over(folder):
    (folder / "thresholds.toml").write_text("broken")
    with pytest.raises(ThresholdsError, match=r"^thresholds\.toml: "):
        thresholds_file.load(None)


def test_a_folder_of_that_name_is_no_file(folder):
    (folder / "thresholds.toml").mkdir()
    assert thresholds_file.load(None).file == SUITES_OWN


def test_gates_name_the_suites_own_file_and_not_its_path(folder):
    assert {gate.file for gate in thresholds_file.load(None).gates} == {SUITES_OWN}
