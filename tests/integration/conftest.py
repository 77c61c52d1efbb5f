"""An inner pytest over the real project, and model folders that answer by script."""

import functools
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nursery
import pytest
import scripts
from gate_file import valid

from clue_lib import datasets
from clue_lib.tasks import TASKS, Task, wordings
from clue_lib.types import Example

ROOT = Path(__file__).parents[2]

PLUGINS = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Plugins that load themselves in a developer's environment cost a session twice the time that it needs."""

OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}
"""The environment of an inner session, which is none of the outer one's workers: syrupy would print no summary."""


@dataclass(frozen=True)
class Outcome:
    """How an inner run ended: exit code, everything it printed, its gate.json (None where it wrote none)."""

    code: int
    text: str
    report: dict | None

    def outcomes(self) -> dict[str, str]:
        return {gate["id"]: gate["outcome"] for gate in self.report["gates"]}


@pytest.fixture
def run_gate(tmp_path: Path) -> Callable[..., Outcome]:
    """Runs `pytest OPTIONS` in the project's root, with a store and report folder of the test's own.

    Where no tests are named, a run with a model is of MedNLI and MeQSum: what holds for two tasks holds for ten.
    """

    def run(*options: str, env: dict[str, str] | None = None) -> Outcome:
        report_dir = tmp_path / "report"
        own = [f"--store={tmp_path / 'store'}", f"--report-dir={report_dir}"] if "--model" in " ".join(options) else []
        if own and not any(option.startswith("--reports") for option in options):
            own.append("--reports=json")  # the pages take seconds to draw
        if (
            own
            and not {"-k", "-m"} & set(options)
            and not any(option.startswith("tests/") or option.endswith(".py") for option in options)
        ):
            own += ["tests/level1/test_mednli.py", "tests/level1/test_meqsum.py"]
        done = nursery.run([*PLUGINS, *own, *options], env={**OUTSIDE, "COLUMNS": "80", **(env or {})})
        path = report_dir / "gate.json"
        report = valid(path) if path.exists() else None
        return Outcome(done.returncode, done.stdout, report)

    return run


def _examples(task: Task) -> list[Example]:
    """Its bundled examples; with contexts as a run draws them from bundled data and from real data."""
    source = datasets.find(task.name, None)
    if task.draw is None:
        return task.read(source.path)
    drawn = (task.examples(source.path, seed=0, n_repeats=5, context=room) for room in (source.context, None))
    return [example for each in drawn for example in each]


@functools.cache
def questions() -> list[tuple[str, Example, list[str], str]]:
    """Every bundled question: task, example, digests of the last user turn, ideal answer.

    A question has a digest in each of its task's wordings, or where its context is drawn, so that there are many of
    them, in the one wording that seed 0 deals it.
    """
    found = []
    for task in (task for task in TASKS.values() if task.level != "monitored"):
        texts = wordings.load(task.name)
        examples = _examples(task)
        dealt = wordings.deal(examples, len(texts), 0)
        for example in examples:
            asked = [texts[dealt[example.cluster] - 1]] if task.draw else texts
            found.append((task.name, example, scripts.digests_of(example, asked), task.ideal(example)))
    return found


@pytest.fixture
def model_folder(tmp_path: Path) -> Callable[[str, str], Path]:
    """Makes a model folder of this name for `--backend=scripted`, from the text of its script."""

    def make(name: str, script: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "script.toml").write_text(script, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def scripted(model_folder: Callable[[str, str], Path]) -> Callable[..., Path]:
    """Makes a model folder for `--backend=scripted`: `answer` gives (text, finish reason) for each bundled example."""

    def make(name: str, answer: Callable[[str, Example, str], tuple[str, str]]) -> Path:
        lines = []
        for task, example, asked, ideal in questions():
            text, finish = answer(task, example, ideal)
            for digest in asked:
                rule = {"digest": digest, "answer": text, "finish_reason": finish}
                lines += ["[[rule]]", *(f"{key} = {json.dumps(value)}" for key, value in rule.items())]
        return model_folder(name, "\n".join(lines))

    return make


@pytest.fixture(params=[pytest.param((), id="alone"), pytest.param(("-n", "2"), id="n2", marks=pytest.mark.slow)])
def workers(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Without xdist, and with two workers."""
    return request.param


@pytest.fixture
def oracle(scripted: Callable[..., Path]) -> Path:
    """A model that always answers ideally."""
    return scripted("oracle", lambda task, example, ideal: (ideal, "stop"))
