"""`python -m clue_lib` itself: its commands, its exit codes, and how it ends when its output is cut."""

import argparse
import importlib
import os
import subprocess
import sys

import pytest

from clue_lib import __main__, __version__, models


def test_models_lists_every_alias(capsys):
    assert __main__.main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(models.registry())


@pytest.mark.parametrize("options", [[], ["no"], ["data"], ["data", "build"], ["data", "fetch"], ["data", "verify"]])
def test_command_that_lacks_a_part_says_what_may_follow(options, capsys):
    with pytest.raises(SystemExit, match="4"):
        __main__.main(options)
    assert "python -m clue_lib" in capsys.readouterr().err


def test_help_is_one_screen_with_every_command(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["clue-gate", "--help"])
    assert __main__.clue_gate() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 28
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("usage: clue-gate --model=NAME")
    named = [line.split()[0] for line in lines if line.startswith("  ") and line.split()[0] in __main__.COMMANDS]
    assert named == list(__main__.COMMANDS)


@pytest.mark.parametrize("command", __main__.COMMANDS)
def test_each_command_has_a_help_of_its_own(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        __main__.main([command, "--help"], program="clue-gate")
    assert capsys.readouterr().out.startswith(f"usage: clue-gate {command} ")


@pytest.mark.parametrize(
    ("given", "hint"), [("plann", "did you mean plan?"), ("xyz", "usage: clue-gate plan|data|models|")]
)
def test_an_unknown_command_is_one_line(given, hint, capsys):
    with pytest.raises(SystemExit, match="4"):
        __main__.main([given, "--limit=3"], program="clue-gate")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {given}: no such command; {hint}")


def test_options_without_a_model_are_one_line(capsys):
    assert __main__.main(["--limit=3"], program="clue-gate") == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "error: --limit=3: no model is named; add --model=NAME, or see clue-gate --help"


def test_the_version_is_told(capsys):
    assert __main__.main(["--version"]) == 0
    assert capsys.readouterr().out == f"CLUE Gate {__version__}\n"


def test_interrupted_command_ends_without_a_traceback(monkeypatch):
    def interrupt(own):
        raise KeyboardInterrupt

    monkeypatch.setattr(models, "registry", interrupt)
    assert __main__.main(["models"]) == 2


@pytest.mark.parametrize(("command", "function"), [("compare", "reports.compare"), ("history", "history.run")])
@pytest.mark.parametrize("place", ["beside the data", "through a link", "elsewhere"])
def test_what_fails_on_runs_one_of_which_is_private_quotes_nothing(
    command, function, place, monkeypatch, tmp_path, capsys
):
    def quote(given):
        raise KeyError("ZQXTEXT")

    monkeypatch.setattr(f"clue_lib.commands.{function}", quote)
    beside, link = tmp_path / "data" / ".clue-gate", tmp_path / "link"
    beside.mkdir(parents=True)
    link.symlink_to(beside)
    named = {"beside the data": beside, "through a link": link, "elsewhere": tmp_path}[place]
    assert __main__.main([command, str(tmp_path / "open"), str(named)]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: KeyError")
    assert ("ZQXTEXT" in line) is (place == "elsewhere")


def test_program_ends_quietly_when_nobody_reads_on(root):
    code = "import sys; from clue_lib.__main__ import main; sys.exit(main(['data', 'status']))"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait() == 0


HOSTILE_NAME = "\\u001b[2J\\n::error::x\\u202e"


@pytest.mark.parametrize(
    "table", [f'["{HOSTILE_NAME}"]', f'[all."{HOSTILE_NAME}"]', f'[all.accuracy]\n"{HOSTILE_NAME}" = 1']
)
def test_an_error_is_one_line_that_steers_nothing(table, root, tmp_path, capsys):
    path = tmp_path / "thresholds.toml"
    path.write_text((root / "thresholds.toml").read_text() + table + "\n")
    assert __main__.main(["thresholds", "check", str(path)]) == 4
    (line,) = capsys.readouterr().err.split("\n")[:-1]
    assert line.startswith("error: ")
    assert not {"\x1b", "\u202e"} & set(line)
    assert "::" not in line


def test_a_waiver_steers_no_terminal(root, tmp_path, capsys):
    path = tmp_path / "thresholds.toml"
    waiver = {"metric": "level1.mednli.accuracy", "owner": HOSTILE_NAME, "reason": HOSTILE_NAME}
    lines = ["[[waiver]]", *(f'{key} = "{value}"' for key, value in waiver.items()), "expires = 2999-01-01"]
    path.write_text((root / "thresholds.toml").read_text() + "\n".join(["", *lines, ""]))
    assert __main__.main(["thresholds", "check", str(path)]) == 0
    _, second, rest = capsys.readouterr().out.split("\n")
    assert second.startswith("Waived until 2999-01-01: level1.mednli.accuracy, by ")
    assert rest == ""
    assert not {"\x1b", "\u202e"} & set(second)


def test_a_terminal_without_greek_gets_what_it_can_show(root):
    code = "import sys; from clue_lib.__main__ import main; sys.exit(main(['metrics']))"
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_models_lists_aliases_of_ones_own_too(tmp_path, capsys):
    path = tmp_path / "models.toml"
    path.write_text('["Letters-8B"]\nrepository = "acme/letters-8b"\nbase = "Llama-3-8B-Instruct"\n')
    assert __main__.main(["models", f"--models-file={path}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["Letters-8B", "acme/letters-8b", "Llama-3-8B-Instruct"]
    assert __main__.main(["models", "--models-file=none.toml"]) == 4
    assert capsys.readouterr().err == (
        "error: --models-file=none.toml: No such file or directory; name a TOML file of aliases\n"
    )


@pytest.mark.parametrize("command", __main__.COMMANDS)
def test_what_a_command_is_for_stands_in_one_place(command):
    """Its module gives argparse no second text, which nothing would show."""
    commands = argparse.ArgumentParser().add_subparsers()
    importlib.import_module(f"clue_lib.commands.{__main__.MODULES.get(command, command)}").add(commands)
    assert command in commands.choices
    assert commands._choices_actions == []  # where argparse keeps such texts
