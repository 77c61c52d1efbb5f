"""No text under an agreement leaves its place: canaries stand in every field, and every artefact is searched.

`something_to_leak` asserts of a run that there was what could have leaked: gates that failed, examples that flipped,
thoughts, passages, reasons that quote.
"""

import base64
import gzip
import json
import os
import quopri
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import canaries
import nursery
import pytest
from skips import needs

from clue_lib import __main__
from clue_lib.report import examples

OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}
"""The environment of an inner session, which is none of the outer one's workers."""

LOUD = ("-vv", "-l", "--tb=long", "--full-trace", "-rA", "--setup-show")
FAST = ("-k", "mednli or jama or nejm or medisumcode or own_letters")
SUITE = tuple(f"tests/{folder}" for folder in ("level1", "level2", "case_challenges", "monitored", "whole_run"))


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
        self.baseline, self.candidate = canaries.models(folder / "models")
        self.own_task = self.open / "suite" / "test_own_letters.py"
        self.own_task.parent.mkdir()
        self.own_task.write_text(canaries.OWN_TASK, encoding="utf-8")
        self.report = self.open / "report"

    def command(self, options: tuple[str, ...], kind: str, failure: str) -> tuple[list[str], dict[str, str]]:
        """The arguments of pytest for one run, and its environment."""
        places = {"TMPDIR": "tmp", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "share"}
        for name in places.values():
            (self.open / name).mkdir(exist_ok=True)
        env = {**OUTSIDE, "COLUMNS": "100", "ECHO_FAILURE": failure}
        env |= {variable: str(self.open / name) for variable, name in places.items()}
        arguments = [
            *("-p", "no:hypothesispytest", "-p", "no:anyio", "-o", f"cache_dir={self.open / 'pytest'}"),
            *("-c", str(nursery.ROOT / "pyproject.toml"), f"--rootdir={nursery.ROOT}"),
            *(f"--model={self.candidate}", f"--baseline={self.baseline}", f"--backend={self.backend}:{kind}"),
            *(f"--data-root={self.data}", f"--store={self.open / 'store'}", f"--report-dir={self.report}"),
            *(
                f"--junitxml={self.open / 'junit.xml'}",
                "-o",
                "junit_logging=all",
                "-o",
                "junit_log_passing_tests=true",
            ),
            f"--debug={self.open / 'pytestdebug.log'}",
            *options,
            *SUITE,
            str(self.own_task),
        ]
        return arguments, env

    def run(
        self, *options: str, kind: str = "Echo", failure: str = "", variables: Mapping[str, str] | None = None
    ) -> str:
        """One run over the data; what it printed is an artefact, too."""
        arguments, env = self.command(options, kind, failure)
        done = nursery.run(arguments, env=env | dict(variables or {}))
        return self.kept(done.stdout)

    def interrupted(self, *options: str) -> str:
        """A run that its user ends with Ctrl-C while the model answers."""
        arguments, env = self.command(options, "EchoApart", "never ends")
        with nursery.heeding_interrupts():
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
        return self.kept(printed)

    def kept(self, printed: str) -> str:
        (self.open / f"printed-{len(list(self.open.iterdir()))}").write_text(printed, encoding="utf-8")
        return printed

    def judged(self) -> dict[str, str]:
        """Every gate's outcome in gate.json, by the gate's id; nothing where there is no such file."""
        path = self.report / "gate.json"
        return {gate["id"]: gate["outcome"] for gate in json.loads(path.read_text())["gates"]} if path.exists() else {}

    def leaks(self) -> list[str]:
        return canaries.found_below(self.open)


def test_the_search_finds_a_canary_however_it_is_written(tmp_path):
    word = f"x{canaries.text('t', 'f', 1)}".encode()
    forms = [
        word,
        repr(word).encode(),
        json.dumps(word.decode()).encode(),
        base64.b64encode(b"ab" + word),
        gzip.compress(word),
        word.decode().encode("utf-16"),
        word.decode().encode("utf-16-be"),
        b"a line that ends in ZQXC\n      ANARYmednli",
        quopri.encodestring(b"x" * 70 + canaries.CANARY.encode()),
    ]
    packed = gzip.compress(word * 20 + os.urandom(300))
    for number, content in enumerate([*forms, base64.b64encode(packed), base64.encodebytes(packed)]):
        assert canaries.found_in("here", content), number
    assert canaries.found_in("here", b"nothing of that kind") == []
    assert canaries.text("t", "f", 1).endswith(canaries.CANARY)


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)], ids=["alone", "n2"])
def test_a_run_that_tells_all_it_can_tells_no_text(world, workers):
    printed = world.run(*FAST, *LOUD, "--private-report", *workers)
    assert "CLUE Gate" in printed
    assert (world.report / "report.html").exists()
    assert world.leaks() == []
    something_to_leak(world, printed)


def something_to_leak(world: World, printed: str) -> None:
    """Assert that the run over `FAST`, with a private report, had all that a report may show of an example."""
    outcomes = world.judged()
    for gate in ("level1.mednli.accuracy", "case_challenges.jama.accuracy", "custom.own_letters.accuracy"):
        assert outcomes[gate] == "REGRESSED"
        assert f"REGRESSED {gate}" in printed
    for tier in ("licensed", "credentialed"):
        assert f"worst examples withheld: the data is {tier}" in printed
    assert json.loads((world.report / "gate.json").read_text())["worst_slices"]
    beside = world.data / ".clue-gate"
    shown, kept = (examples.read(folder / "examples.parquet") for folder in (world.report, beside / "report"))
    assert set(examples.COLUMNS) <= set(shown.columns)
    assert set(canaries.FILES.values()) >= set(shown["task"]) == set(kept["task"])
    of_own = kept[kept["task"] == "own_letters"]
    for column in ("gold", "question", "passages", "baseline_answer", "candidate_text", "candidate_unparsed", "slices"):
        assert of_own[column].str.contains(canaries.CANARY).all(), column
    stored = "".join(path.read_text() for path in beside.rglob("generations.jsonl"))
    assert f'"thought":"{canaries.CANARY}' in stored


def test_what_is_made_of_a_finished_run_tells_no_text(world, capsys):
    world.run("-k", "mednli or own_letters", "--reports=gitlab")
    assert world.judged()["custom.own_letters.accuracy"] == "REGRESSED"
    report, later, key = (str(world.open / name) for name in ("report", "later", "key.pem"))
    shutil.copytree(report, later)
    made = {name: world.open / name for name in ("README.md", "history.html", "every.json", "gate.intoto.json")}
    for arguments in (
        ("card", report, "--out", str(made["README.md"]), "--dataset", "mednli=owner/name"),
        ("card", report, "--every-eval-ever", str(made["every.json"]), "--organization", "us"),
        ("card", report, "--inspect", str(world.open / "inspect"), "--lm-eval", str(world.open / "lm-eval")),
        ("history", report, later, "--metric", "mednli.accuracy", "--out", str(made["history.html"])),
        ("compare", report, later),
        ("report", report),
        ("attest", "--new-key", key),
        ("attest", f"{report}/gate.json", "--key", key, "--out", str(made["gate.intoto.json"])),
        ("verify", str(made["gate.intoto.json"]), "--report", report, "--data-root", str(world.data)),
    ):
        assert __main__.main(arguments) in (0, 1), arguments
    told = capsys.readouterr()
    world.kept(told.out + told.err)
    written = {path.name for path in world.open.rglob("*")}
    assert written >= {*made, "clue-gate.yaml", "gl-code-quality-report.json", "metrics.txt", "junit.xml"}
    assert world.leaks() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "tracker",
    [
        pytest.param("mlflow", marks=needs("mlflow", "MLflow: make install-logs")),
        pytest.param("wandb", marks=needs("wandb", "W&B: make install-logs")),
    ],
)
def test_a_tracker_is_told_no_text(world, tracker):
    home = {name: str(world.open / "home") for name in ("WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR")}
    mlflow = {"MLFLOW_TRACKING_URI": (world.open / "mlruns").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
    wandb = {"WANDB_MODE": "offline", "WANDB_DIR": str(world.open), **home}
    printed = world.run("-k", "mednli or own_letters", f"--log={tracker}", variables=mlflow | wandb)
    assert {"mlflow": "logged to MLflow", "wandb": "logged to W&B"}[tracker] in printed
    assert world.judged()["level1.mednli.accuracy"] == "REGRESSED"
    assert world.leaks() == []


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
    chosen = ("-k", "mednli or jama or nejm or medisum or problem or mcq or own_letters")
    printed = world.run(*chosen, *LOUD, "--scoring=clue-2024-06")
    assert "CLUE Gate" in printed
    shown = examples.read(world.report / "examples.parquet")
    assert set(shown["task"]) == set(canaries.FILES.values())
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


CONTENTS = canaries.contents()
DAMAGED = [
    pytest.param(damage, name, id=f"{damage}-{name}")
    for damage in MALFORMED
    for name in CONTENTS
    if MALFORMED[damage](CONTENTS[name]) != CONTENTS[name]
]
"""Every damage with each file that it changes: the others are as they were, and hide nothing of what is told."""


@pytest.mark.parametrize(("damage", "name"), [one for one in DAMAGED if "own_letters.jsonl" not in one.values])
def test_of_a_malformed_file_row_and_column_are_told_and_no_value(tmp_path, damage, name, capfd):
    (tmp_path / name).write_bytes(MALFORMED[damage](CONTENTS[name]))
    __main__.main(["data", "verify", "--data-root", str(tmp_path)])
    verified = capfd.readouterr()
    assert name in verified.out + verified.err  # it was read, or it is said to be damaged
    __main__.main(["data", "status", "--data-root", str(tmp_path)])
    status = capfd.readouterr()
    told = verified.out + verified.err + status.out + status.err
    assert canaries.found_in("told", told.encode()) == []
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "name"), [one for one in DAMAGED if canaries.FILES[one.values[1]] in FAST[1]])
def test_nor_in_a_run(world, damage, name):
    (world.data / name).write_bytes(MALFORMED[damage](CONTENTS[name]))
    task = canaries.FILES[name]
    printed = world.run("-k", task, *LOUD)
    was_read = any(f".{task}." in gate and outcome for gate, outcome in world.judged().items())
    assert name in printed or was_read
    assert world.leaks() == []
