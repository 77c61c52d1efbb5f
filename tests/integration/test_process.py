"""An engine's process: its death is one line, its end takes all it started, its parent's death is its own."""

import os
import signal
import subprocess
import sys
import time

import pytest

from clue_lib.engines.engine import Engine
from clue_lib.engines.process import EngineProcess
from clue_lib.errors import EngineError
from clue_lib.types import Fingerprint, Generation, Message, Request, Sampling

REQUEST = Request(key="k", messages=(Message(role="user", content="x"),), sampling=Sampling(max_new_tokens=1))


def args_error(kind):
    """What a loading engine raises: an error as libraries have them, or one of no class of its own."""
    return Exception("the tokenizer says no") if kind == "plain" else RuntimeError("first line\nsecond line")


class Forking(Engine):
    """Starts a process of its own, tells both ids, and dies on demand."""

    name = "forking"

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name)

    def __init__(self, weights, adapters, args):
        if args.get("fail"):
            raise args_error(args["fail"])
        self._child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

    def generate(self, requests, adapter):
        if requests[0].messages[0].content == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        pids = f"{os.getpid()} {self._child.pid}"
        return [Generation(text=pids, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)]


def started(kind, folder):
    """An engine with its process running."""
    engine = EngineProcess(kind, log=folder / "log")
    engine.load(folder, (), {})
    return engine


def is_gone(pid: int, patience: float = 20.0) -> bool:
    """Whether the process ends, or is a zombie that nobody reaps, within the time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def importable(monkeypatch):
    """Lets the child import this module by its name."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(os.path.dirname(__file__))
    import test_process

    return test_process.Forking


def test_closing_ends_the_whole_group(importable, tmp_path):
    engine = started(importable, tmp_path)
    pids = [int(pid) for pid in engine.generate([REQUEST], None)[0].text.split()]
    engine.close()
    assert all(is_gone(pid) for pid in pids)


def test_a_dead_engine_is_one_line(importable, tmp_path):
    engine = started(importable, tmp_path)
    die = Request(key="k", messages=(Message(role="user", content="die"),), sampling=REQUEST.sampling)
    with pytest.raises(EngineError, match="process died") as error:
        engine.generate([die], None)
    engine.close()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("usual", "forking: {folder} could not be loaded (first line); see {log}"),
        ("plain", "forking: the tokenizer says no; see {log}"),
    ],
)
def test_a_failed_start_is_one_line_and_its_traceback_is_logged(importable, tmp_path, kind, expected):
    log = tmp_path / "log"
    engine = EngineProcess(importable, log=log)
    with pytest.raises(EngineError) as error:
        engine.load(tmp_path, (), {"fail": kind})
    engine.close()
    assert str(error.value) == expected.format(folder=tmp_path, log=log)
    assert "Traceback" in log.read_text()


def test_a_script_that_does_not_guard_its_lines_is_run_once(importable, tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import pathlib, test_process as t\n"
        "print('begun', flush=True)\n"
        f"e = t.started(t.Forking, pathlib.Path({str(tmp_path)!r}))\n"
        "print(len(e.generate([t.REQUEST], None)))\n"
        "e.close()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "begun\n1\n"


def test_the_parents_death_is_the_engines(importable, tmp_path):
    code = (
        "import pathlib, time, test_process as t\n"
        "if __name__ == '__main__':\n"
        f" here = pathlib.Path({str(tmp_path)!r})\n"
        " e = t.started(t.Forking, here)\n"
        " print(e.generate([t.REQUEST], None)[0].text, flush=True); time.sleep(600)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)
