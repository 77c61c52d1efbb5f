"""The fixtures of a model test: the run, its two models, a gate's verdict, a model's outputs and their snapshot."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from clue_lib.plugin.state import run_key, settings_key, verdict_key
from clue_lib.text import printable

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from clue_lib.judging import Verdict
    from clue_lib.session.runner import GateRun
    from clue_lib.snapshots import Snapshot
    from clue_lib.types import Gate, TaskRun


@pytest.fixture(scope="session")
def gate_run(pytestconfig: pytest.Config) -> "GateRun":
    """The session's one run over both models; generates nothing before it is asked."""
    if pytestconfig.stash[settings_key] is None:
        pytest.skip("tests a model: name one with --model=NAME")
    return pytestconfig.stash[run_key]


@pytest.fixture(scope="session")
def baseline(gate_run: "GateRun") -> "partial[TaskRun]":
    """The baseline: called with a task's name it gives the scored run."""
    return partial(gate_run.task_run, "baseline")


@pytest.fixture(scope="session")
def candidate(gate_run: "GateRun") -> "partial[TaskRun]":
    """The candidate: called with a task's name it gives the scored run."""
    return partial(gate_run.task_run, "candidate")


@pytest.fixture
def verdict(request: pytest.FixtureRequest, gate_run: "GateRun") -> "Verdict":
    """The verdict on one gate of the module's task; its figures become JUnit properties.

    Where the whole run failed the test ends here, in one line: the first tells the error, the others refer to it.
    """
    from clue_lib.report import gate_json

    gate: Gate = request.param
    verdict = gate_run.verdicts[gate.id]
    request.node.stash[verdict_key] = verdict
    request.node.user_properties += gate_json.properties(verdict)
    if verdict.outcome == "NOT REACHED":  # neither passed nor failed by itself: the run has failed
        pytest.skip(f"NOT REACHED {gate.id}: {printable(verdict.reason)}")
    if gate_run.failure is not None and not verdict.ok:
        pytest.fail(f"{verdict.outcome} {gate.id}: {printable(verdict.reason)}", pytrace=False)
    return verdict


@pytest.fixture
def outputs(request: pytest.FixtureRequest, gate_run: "GateRun", candidate: "Callable[[str], TaskRun]") -> "Snapshot":
    """What the candidate put out on the module's task, to be compared with `recorded`.

    Skips where there is nothing to compare with, which fails in `release`. Under another engine or processor than the
    recorded one it is the recorded snapshot, unless the drift is beyond the tolerance in `release`: a last bit is no
    change of the model. The drift is told in the summary.
    """
    from clue_lib.plugin import snapshots

    return snapshots.outputs(request, gate_run, candidate)


@pytest.fixture
def recorded(request: pytest.FixtureRequest, outputs: "Snapshot", snapshot: "SnapshotAssertion") -> "SnapshotAssertion":
    """The snapshot on disk, through syrupy: equal to `outputs` or not, written with `--snapshot-update`."""
    from clue_lib.plugin import snapshots
    from clue_lib.plugin.snapshot_files import recorded_at

    return recorded_at(request.node.stash[snapshots.path_key], snapshot)
