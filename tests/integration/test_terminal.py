"""What stands on the screen: the verdict last whatever the options, a live bar on a terminal, lines that fit it."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import nursery
import pytest

ROOT = Path(__file__).parents[2]
FAILS = "FAIL (ci): 3 of 6 gates failed, worst level1.mednli.accuracy, worse by 100.0 points"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

SLOW = """
import time

from clue_lib.engines.scripted import Scripted


class Slow(Scripted):
    name = "slow"

    def generate(self, requests, adapter):
        time.sleep(3)
"""


@pytest.fixture
def mute(scripted):
    """Answers MedNLI with nothing."""
    return scripted("mute", lambda task, example, ideal: ("" if task == "mednli" else ideal, "stop"))


def last_words(text: str, n: int) -> str:
    """The last so many words of what was printed."""
    return " ".join(text.split()[-n:])


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-q",),
        ("-qq",),
        ("-v",),
        ("-rA",),
        ("--no-summary",),
        ("-p", "no:terminal"),
        ("-s",),
        pytest.param(("-n", "2"), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_the_verdict_is_the_last_thing_printed(run_gate, oracle, mute, options):
    done = run_gate(f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", "-k", "mednli", *options)
    assert done.code == 1
    assert last_words(done.text, len(FAILS.split())) == FAILS
    assert done.text.count("FAIL (ci)") == 1


def test_a_broken_run_whose_tests_passed_ends_with_what_it_is(run_gate, oracle, scripted):
    dead = scripted("dead", lambda task, example, ideal: ("the", "stop"))
    done = run_gate(f"--model={dead}", f"--baseline={dead}", "--backend=scripted", "-k", "mednli")
    verdict = done.text.split("14 passed")[-1].splitlines()[1:]
    assert done.code == 1
    assert done.report["state"] == "broken"
    assert verdict[0].startswith("BROKEN: NO SIGNAL (ci): this is no pass")


def test_a_pass_does_not_stand_under_other_tests_that_failed(run_gate, oracle, tmp_path):
    own = tmp_path / "test_own.py"
    own.write_text("def test_own():\n    assert False\n")
    tests = ["tests/level1/test_mednli.py", str(own)]
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *tests)
    assert done.code == 1
    assert last_words(done.text, 10) == "other tests of this session failed, and so does it"


@pytest.mark.parametrize(
    ("ends", "options"),
    [("raise KeyboardInterrupt", ()), ("assert False", ("-x",)), ("pytest.exit('enough', returncode=0)", ())],
)
def test_a_run_that_was_stopped_has_not_passed_though_every_gate_did(run_gate, oracle, tmp_path, ends, options):
    own = tmp_path / "test_own.py"
    own.write_text(f"import pytest\n\n\ndef test_own():\n    {ends}\n\n\ndef test_a_snapshot_perhaps():\n    pass\n")
    tests = ["tests/level1/test_mednli.py", str(own)]
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *options, *tests)
    assert done.report["state"] == "broken"
    assert done.report["headline"].startswith("INCOMPLETE (ci): pytest was stopped before its last test")
    assert done.code != 0


@pytest.mark.parametrize("options", [("--collect-only",), ("--limit=no",), ("-k", "nothing-of-this-name")])
def test_without_a_run_pytest_has_the_last_word(run_gate, oracle, options):
    text = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *options).text
    assert "CLUE Gate ===" not in text
    assert not re.search(r"^(PASS|FAIL|BROKEN|STOPPED|NOTHING)", text, re.M)


def command(folder: Path, *options: str) -> list[str]:
    """A run of MedNLI with its store and reports in the folder."""
    own = [f"--store={folder / 'store'}", f"--report-dir={folder / 'report'}", "--reports=json"]
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *own, "tests/level1/test_mednli.py", *options]


@pytest.mark.slow
def test_a_run_that_its_user_stops_says_so_last(oracle, mute, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    options = (f"--model={mute}", f"--baseline={oracle}", f"--backend={tmp_path / 'slow.py'}:Slow")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with nursery.heeding_interrupts():
        process = subprocess.Popen(command(tmp_path, *options), cwd=ROOT, text=True, **streams)
    with process:
        shown = []
        for line in process.stdout:
            shown.append(line)
            if line.startswith("generating"):
                process.send_signal(signal.SIGINT)
    assert process.returncode == 2, shown
    assert last_words("".join(shown), 17) == (
        "STOPPED: nothing was judged; what was answered is kept, and the same command goes on from there."
    )


def on_a_terminal(command: list[str], columns: int, **environment: str) -> str:
    """What the command writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_XDIST_", "CI", "NO_COLOR"))
    }
    env = {**kept, "TERM": "xterm-256color", "COLUMNS": str(columns), **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=follower, stderr=follower, close_fds=True)
    os.close(follower)
    shown = b""
    while True:
        try:
            some = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        shown += some
    os.close(leader)
    process.wait()
    return shown.decode()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_has_a_live_bar_and_lines_that_fit(oracle, mute, tmp_path, columns):
    options = (f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", "--tb=no", "-q")
    shown = on_a_terminal(command(tmp_path, *options), columns)
    assert re.search(r"baseline mednli \d+/39", shown)
    assert "\x1b[2K" in shown  # and is cleared
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    gate = ESCAPE.sub("", shown[shown.index(" CLUE Gate =") :]).splitlines()
    assert max(map(len, gate[1:])) <= columns
    assert last_words("\n".join(gate), len(FAILS.split())) == FAILS


@pytest.mark.slow
def test_without_colour_a_terminal_shows_the_same_words(oracle, mute, tmp_path):
    options = (f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", "--tb=no", "-q")
    shown = on_a_terminal(command(tmp_path, *options), 80, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]+m", shown)
    assert "✗ accuracy " in shown
    assert last_words(shown, len(FAILS.split())) == FAILS


@pytest.mark.slow
def test_a_job_of_ci_gets_plain_lines_though_it_has_a_terminal(oracle, mute, tmp_path):
    options = (f"--model={mute}", f"--baseline={oracle}", "--backend=scripted", "--tb=no", "-q", "--color=no")
    shown = on_a_terminal(command(tmp_path, *options), 80, CI="true")
    assert "generating baseline mednli: 39/39" in shown
    assert "\x1b" not in shown
