"""`python -m clue_lib` itself: its commands, its exit codes, and how it ends when its output is cut."""

import subprocess
import sys

import pytest

from clue_lib import __main__, models


def test_models_lists_every_alias(capsys):
    assert __main__.main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(models.registry())


@pytest.mark.parametrize("options", [[], ["no"], ["data"], ["data", "build"], ["data", "fetch"], ["data", "verify"]])
def test_command_that_lacks_a_part_says_what_may_follow(options, capsys):
    with pytest.raises(SystemExit, match="2"):
        __main__.main(options)
    assert "usage: python -m clue_lib" in capsys.readouterr().err


def test_interrupted_command_ends_without_a_traceback(monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(models, "registry", interrupt)
    assert __main__.main(["models"]) == 130


def test_program_ends_quietly_when_nobody_reads_on(root):
    code = "import sys; from clue_lib.__main__ import main; sys.exit(main(['data', 'status']))"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait() == 0
