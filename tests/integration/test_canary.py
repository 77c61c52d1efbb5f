"""No text under an agreement leaves its place: canaries stand in every field, and every artefact is searched."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import canaries
import nursery
import pytest

from clue_lib import __main__

OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}
"""The environment of an inner session, which is none of the outer one's workers."""

LOUD = ("-vv", "-l", "--tb=long", "--full-trace", "-rA", "--setup-show")
FAST = ("-k", "mednli or jama or nejm or medisumcode")


@pytest.fixture
def world(tmp_path):
    """Data with canaries in one folder; everything else that a run may write to in another."""
    return World(tmp_path)


class World:
    def __init__(self, folder: Path) -> None:
        self.data = canaries.write(folder / "data")
        self.open = folder / "open"
        self.open.mkdir()
        self.backend = folder / "echo.py"
        self.backend.write_text(canaries.BACKEND, encoding="utf-8")
        self.model = folder / "model"
        self.model.mkdir()
        (self.model / "config.json").write_text("{}")

    def command(self, options: tuple[str, ...], kind: str, failure: str) -> tuple[list[str], dict[str, str]]:
        """The arguments of pytest for one run, and its environment."""
        places = {"TMPDIR": "tmp", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "share"}
        for name in places.values():
            (self.open / name).mkdir(exist_ok=True)
        env = {**OUTSIDE, "COLUMNS": "100", "ECHO_FAILURE": failure}
        env |= {variable: str(self.open / name) for variable, name in places.items()}
        arguments = [
            *("-p", "no:hypothesispytest", "-p", "no:anyio", "-o", f"cache_dir={self.open / 'pytest'}"),
            *(f"--model={self.model}", f"--baseline={self.model}", f"--backend={self.backend}:{kind}"),
            *(f"--data-root={self.data}", f"--store={self.open / 'store'}", f"--report-dir={self.open / 'report'}"),
            *(
                f"--junitxml={self.open / 'junit.xml'}",
                "-o",
                "junit_logging=all",
                "-o",
                "junit_log_passing_tests=true",
            ),
            f"--debug={self.open / 'pytestdebug.log'}",
            *options,
        ]
        return arguments, env

    def run(self, *options: str, kind: str = "Echo", failure: str = "") -> str:
        """One run over the data; what it printed is an artefact, too."""
        arguments, env = self.command(options, kind, failure)
        done = nursery.run(arguments, env=env)
        return self._kept(done.stdout)

    def interrupted(self, *options: str) -> str:
        """A run that its user ends with Ctrl-C while the model answers."""
        arguments, env = self.command(options, "EchoApart", "never ends")
        started = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=nursery.ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        log = self.data / ".clue-gate" / "engine.log"
        end = time.monotonic() + 120
        while time.monotonic() < end and not (log.exists() and canaries.CANARY in log.read_text()):
            time.sleep(0.2)
        started.send_signal(signal.SIGINT)
        printed, _ = started.communicate(timeout=120)
        return self._kept(printed)

    def _kept(self, printed: str) -> str:
        (self.open / f"printed-{len(list(self.open.iterdir()))}").write_text(printed, encoding="utf-8")
        return printed

    def leaks(self) -> list[str]:
        return canaries.found_below(self.open)


def test_the_search_finds_a_canary_however_it_is_written(tmp_path):
    import base64
    import gzip

    word = f"x{canaries.text('t', 'f', 1)}".encode()
    forms = [
        word,
        repr(word).encode(),
        json.dumps(word.decode()).encode(),
        base64.b64encode(b"ab" + word),
        gzip.compress(word),
    ]
    for number, content in enumerate([*forms, base64.b64encode(gzip.compress(word * 20 + os.urandom(300)))]):
        assert canaries.found_in("here", content), number
    assert canaries.found_in("here", b"nothing of that kind") == []


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)], ids=["alone", "n2"])
def test_a_run_that_tells_all_it_can_tells_no_text(world, workers):
    printed = world.run(*FAST, *LOUD, *workers)
    assert "CLUE Gate" in printed
    assert (world.open / "report" / "examples.parquet").exists()
    assert (world.open / "report" / "report.html").exists()
    assert world.leaks() == []
    assert canaries.found_below(world.data / ".clue-gate")  # the answers are kept, beside the data


def test_what_is_kept_beside_the_data_is_its_owners_alone(world):
    before = os.umask(0)
    try:
        world.run("-k", "mednli or medisumcode", "--private-report", "--snapshot-update", kind="EchoApart")
    finally:
        os.umask(before)
    kept = list((world.data / ".clue-gate").rglob("*"))
    assert {path.name for path in kept} >= {"report.html", "gate.json", "examples.parquet", "generations.jsonl"}
    modes = {(path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode))) for path in kept}
    assert modes == {(True, "0o700"), (False, "0o600")}
    assert world.leaks() == []


def test_a_failing_snapshot_tells_counts(world):
    world.run("-k", "medisumcode", "--snapshot-update")
    (recorded,) = (world.data / ".clue-gate" / "snapshots").rglob("medisumcode.*.json")
    content = json.loads(recorded.read_text())
    content["letters"] = {letter: {"valid": {}, "invalid": ["E98.76"]} for letter in content["letters"]}
    recorded.write_text(json.dumps(content))
    printed = world.run("-k", "medisumcode and snapshot", *LOUD)
    assert "withheld: the data is credentialed" in printed
    assert "E98.76" not in printed
    assert world.leaks() == []


FAILURES = ["KeyError", "chained", "own error", "no class of its own", "template", "unreadable answer", "interrupt"]


@pytest.mark.slow
@pytest.mark.parametrize("failure", FAILURES)
def test_an_engine_that_fails_in_this_process_quotes_no_prompt(world, failure):
    printed = world.run("-k", "mednli or nejm", *LOUD, failure=failure)
    assert world.leaks() == []
    assert "INTERNALERROR" not in printed
    assert "KeyboardInterrupt" in printed if failure == "interrupt" else "ERROR" in printed


@pytest.mark.parametrize(
    "failure",
    [
        "KeyError",
        "template",
        *(
            pytest.param(f, marks=pytest.mark.slow)
            for f in ("chained", "own error", "no class of its own", "print and die")
        ),
    ],
)
def test_an_engine_that_fails_in_its_own_process_quotes_no_prompt(world, failure):
    printed = world.run("-k", "mednli or nejm", *LOUD, kind="EchoApart", failure=failure)
    assert world.leaks() == []
    assert "ERROR" in printed
    assert canaries.found_below(world.data / ".clue-gate") or failure in ("template", "own error")  # its log lies there


def test_a_damaged_scores_file_quotes_no_answer(world):
    world.run("-k", "mednli")
    for path in (world.data / ".clue-gate").rglob("scores/*.json"):
        path.write_bytes(path.read_bytes()[:-20].replace(b"[", b"\xff[", 1))
    printed = world.run("-k", "mednli", *LOUD)
    assert "INTERNALERROR" not in printed
    assert world.leaks() == []


def test_an_interrupt_shows_no_prompt(world):
    printed = world.interrupted("-k", "mednli or nejm", *LOUD)
    assert "KeyboardInterrupt" in printed
    assert world.leaks() == []


@pytest.mark.slow
def test_all_private_tasks_at_once(world):
    world.run("-k", "mednli or jama or nejm or medisum or problem or mcq", *LOUD, "--scoring=clue-2024-06")
    assert world.leaks() == []


MALFORMED = {
    "cut off": lambda content: content[: len(content) * 2 // 3],
    "a quote lost": lambda content: content.replace(b'"', b"", 3),
    "not UTF-8": lambda content: content.replace(b"\\u00e9", b"\xe9").replace("é".encode(), b"\xe9\xff\x81"),
    "a NUL": lambda content: content.replace(b"CANARY", b"CANARY\0", 5),
    "other columns": lambda content: (
        content.replace(b"question", b"quest").replace(b"sentence1", b"s1").replace(b"text", b"t")
    ),
    "lists for text": lambda content: content.replace(b': "ZQX', b': ["ZQX', 2).replace(b'",', b'"],', 2),
    "text for a label or letter": lambda content: _for_each(
        content, ("neutral", "entailment", '"B"', '"C"', ",A,", "I10")
    ),
    "options by text": lambda content: content.replace(b'"A":', b'"ZQXCANARYA":'),
    "blank": lambda content: content.replace(b"ZQXCANARYmednlisentence1", b"", 1).replace(b"answer", b"ZQXCANARY"),
    "all twice": lambda content: content + content,
    "an array": lambda content: b"[" + content + b"]",
}


def _for_each(content: bytes, values: tuple[str, ...]) -> bytes:
    for value in values:
        content = content.replace(value.encode(), value.replace(value.strip('",'), canaries.CANARY).encode())
    return content


@pytest.mark.parametrize("damage", MALFORMED)
def test_of_a_malformed_file_row_and_column_are_told_and_no_value(world, damage, capfd):
    for path in world.data.iterdir():
        path.write_bytes(MALFORMED[damage](path.read_bytes()))
    __main__.main(["data", "verify", "--data-root", str(world.data)])
    __main__.main(["data", "status", "--data-root", str(world.data)])
    told = capfd.readouterr()
    assert canaries.found_in("told", (told.out + told.err).encode()) == []
    assert "Traceback" not in told.err


@pytest.mark.slow
@pytest.mark.parametrize("damage", MALFORMED)
def test_nor_in_a_run(world, damage):
    for path in world.data.iterdir():
        path.write_bytes(MALFORMED[damage](path.read_bytes()))
    world.run(*FAST, *LOUD)
    assert world.leaks() == []
