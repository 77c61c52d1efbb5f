"""`thresholds check` and `thresholds init`."""

import pytest

from clue_lib import __main__


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_copy_that_is_then_in_force(folder, root, capsys):
    assert __main__.main(["thresholds", "init"]) == 0
    assert "a run in this folder goes by it" in capsys.readouterr().out
    assert (folder / "thresholds.toml").read_bytes() == (root / "thresholds.toml").read_bytes()
    assert __main__.main(["thresholds", "check"]) == 0
    assert capsys.readouterr().out.startswith("thresholds.toml: sound, ")


def test_check_without_a_file_here_is_of_the_suites_own(capsys):
    assert __main__.main(["thresholds", "check"]) == 0
    assert capsys.readouterr().out.startswith("the suite's own thresholds.toml: sound, ")


def test_init_says_how_another_file_is_used(capsys):
    assert __main__.main(["thresholds", "init", "mine.toml"]) == 0
    assert "--thresholds=mine.toml" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "reason"),
    [("here.toml", "there is such a file already; edit that one"), ("no/folder.toml", "No such file or directory")],
)
def test_init_overwrites_nothing_and_says_so_in_one_line(folder, capsys, name, reason):
    (folder / "here.toml").write_text("mine")
    assert __main__.main(["thresholds", "init", name]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {name}: {reason}")
    assert (folder / "here.toml").read_text() == "mine"
