"""The pytest side of snapshots: syrupy records and compares them, in files that `clue_lib.snapshots` defines.

Apart from `clue_lib.plugin.hooks`, whose fixtures it uses: that one judges pairs of runs, and snapshots are no gates.
A test of a snapshot takes the fixtures `outputs` and `recorded` and asserts that they are equal.
"""

import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension

from clue_lib import digests, snapshots
from clue_lib.datasets import private
from clue_lib.errors import ClueError, ReportError
from clue_lib.plugin import hooks
from clue_lib.session.runner import GateRun
from clue_lib.snapshots import Snapshot, diff
from clue_lib.text import printable, readable
from clue_lib.types import TaskRun

_MISSING, _DRIFT, _UNUSED = "snapshot missing", "snapshot drift", "snapshot unused"
"""The user properties by which a test tells the summary, and JUnit, what is the matter with its snapshot."""

_FOLDER = Path("tests", "snapshots")
"""Below the project's root, where --snapshot-dir does not say otherwise."""

_path_key = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where snapshots of bundled and public data lie."""
    parser.getgroup("clue gate").addoption(
        "--snapshot-dir",
        help=f"folder of snapshots of bundled and public data; default: {_FOLDER}. Others lie beside their data",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process, which sees every report, sums up; a folder that can't be one is refused."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Notes(config))
    if given := config.getoption("snapshot_dir"):
        _check_folder(Path(given), is_recording=config.option.update_snapshots)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A snapshot's test bears its task's level as a gate's does, so that `-m` selects it."""
    if isinstance(item, pytest.Function) and {"outputs", "recorded"} <= set(item.fixturenames):
        item.add_marker(hooks.task_of(item.module).level)


@pytest.fixture
def outputs(request: pytest.FixtureRequest, gate_run: GateRun, candidate: Callable[[str], TaskRun]) -> Snapshot:
    """What the candidate put out on the module's task, to be compared with `recorded`.

    Skips where there is nothing to compare with, which fails in `release`. Under another engine or processor than the
    recorded one it is the recorded snapshot, unless the drift is beyond the tolerance in `release`: a last bit is no
    change of the model. The drift is told in the summary.
    """
    try:
        return _outputs(request, gate_run, candidate)
    except ClueError as error:
        pytest.fail(" ".join(readable(str(error)).split()), pytrace=False)


@pytest.fixture
def recorded(request: pytest.FixtureRequest, outputs: Snapshot, snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The snapshot on disk, through syrupy: equal to `outputs` or not, written with `--snapshot-update`."""
    own = Recorded(
        session=snapshot.session,
        extension_class=JsonFile,
        test_location=snapshot.test_location,
        update_snapshots=snapshot.update_snapshots,
        update_new_snapshots_only=snapshot.update_new_snapshots_only,
    )
    return own(name=str(request.node.stash[_path_key]))


class Recorded(SnapshotAssertion):
    """A snapshot that does not print itself: pytest shows what a failed test was given."""

    def __repr__(self) -> str:
        return "<recorded>"


class JsonFile(SingleFileSnapshotExtension):
    """One file for one snapshot, at the path that is its name."""

    file_extension = "json"

    def serialize(self, data: Any, **filters: Any) -> bytes:
        """The file's content."""
        return snapshots.encode(data).encode()

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Whether both are the same snapshot, however the file is laid out; a file that is none matches nothing."""
        try:
            return snapshots.decode(serialized_data, "received") == snapshots.decode(snapshot_data, "recorded")
        except ReportError:
            return False

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """What a reviewer has to know instead of two files."""
        found = diff.difference(
            snapshots.decode(snapshot_data, "recorded"), snapshots.decode(serialized_data, "received")
        )
        yield from diff.public_lines(found)
        yield "if that is meant: the same command with --snapshot-update records it"

    def discover_snapshots(self, **where: Any) -> SnapshotCollections:
        """None: syrupy would take every other model's snapshot for unused, and delete it. `Notes` tells of those."""
        return SnapshotCollections()

    @classmethod
    def get_location(cls, *, test_location: Any, index: Any) -> str:
        """The path that the fixture gave as the name."""
        return str(index)

    @classmethod
    def matches_test_location(cls, *, test_location: Any, snapshot_location: str) -> bool:
        """True: the file is named by the model, not by the test."""
        return True


class Notes:
    """In the controlling process: what the tests say of their snapshots."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._notes: dict[str, dict[str, None]] = {_MISSING: {}, _DRIFT: {}, _UNUSED: {}}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take a test's notes; each phase's report brings them again."""
        for name, text in report.user_properties:
            if name in self._notes:
                self._notes[name][str(text)] = None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what is missing, what drifted, what is unused."""
        missing, drift, unused = self._notes.values()
        lines = [*missing, *(line for text in drift for line in text.splitlines())]
        if missing:
            lines.append(f"to record: {_command(self._config)}")
        lines += [f"unused: {path}; remove it, or see `snapshots diff`" for path in sorted(unused)]
        if lines:
            terminalreporter.section("snapshots", sep="-")
        for line in lines:
            terminalreporter.write_line(line)


def _outputs(request: pytest.FixtureRequest, run: GateRun, candidate: Callable[[str], TaskRun]) -> Snapshot:
    task = hooks.task_of(request.module).name
    request.node.user_properties.append((snapshots.TEST_PROPERTY, task))
    if run.settings.limit is not None:
        pytest.skip("a run with --limit has no snapshots")
    if task not in run.plan:
        pytest.skip(f"{task} has no data")
    taken = _take(run, candidate(task))
    folder = _folder(run, task, request.config)
    request.node.stash[_path_key] = own = snapshots.path_in(folder, taken.origin)
    unused = snapshots.unused(folder, model=taken.origin.model, revision=taken.origin.revision)
    request.node.user_properties += [(_UNUSED, printable(str(path))) for path in unused]
    option = request.config.option
    if option.update_snapshots or (option.update_new_snapshots_only and not own.exists()):
        return taken
    path = snapshots.find(folder, taken.origin)
    if path is None:
        _without(request, run, f"no snapshot of {taken.origin.model} on {task}, at this revision")
    stored = snapshots.read(path)
    if other := diff.obstacle(stored.origin, taken.origin):
        _without(request, run, f"{path}: recorded with other {other}")
    request.node.stash[_path_key] = path
    return taken if stored.origin.engine == taken.origin.engine else _tolerated(request, run, stored, taken)


def _take(run: GateRun, of_task: TaskRun) -> Snapshot:
    if long := sum(response.generation.finish_reason == "context" for response in of_task.responses):
        pytest.skip(f"{long} prompts of {of_task.task} do not fit the model's context")
    planned = run.plan[of_task.task]
    more: dict[str, Any] = {}
    if private.is_private(planned.source):
        key = private.make_key(private.folder_beside(planned.source))
        more["name_of"] = lambda id_: private.keyed(key, id_)
    return snapshots.take(
        of_task,
        revision=digests.of_value(run.prepared.models["candidate"].identity),
        data=planned.source.digest,
        engine=run.prepared.fingerprints["candidate"],
        **more,
    )


def _without(request: pytest.FixtureRequest, run: GateRun, reason: str) -> NoReturn:
    """Nothing to compare with: skip and say how to record it, or fail in `release`."""
    shown = printable(reason)
    request.node.user_properties.append((_MISSING, shown))
    text = f"{shown}; record it: {_command(request.config)}"
    if run.settings.profile == "release":
        raise ReportError(text)
    pytest.skip(text)


def _tolerated(request: pytest.FixtureRequest, run: GateRun, stored: Snapshot, taken: Snapshot) -> Snapshot:
    """The stored snapshot where the drift is none of the model's; both engines' difference goes to the summary."""
    found = diff.difference(stored, taken)
    if found:
        extent = "within" if found.is_within() else "beyond"
        lines = diff.public_lines(found)
        first = f"drift {extent} the tolerance under another engine or processor than recorded: {lines[0]}"
        request.node.user_properties.append((_DRIFT, "\n".join([first, *lines[1:]])))
    return taken if run.settings.profile == "release" and not found.is_within() else stored


def _folder(run: GateRun, task: str, config: pytest.Config) -> Path:
    """Beside data under an agreement, whose outputs may not leave their place; else in the project."""
    source = run.plan[task].source
    if private.is_private(source):
        return private.folder_beside(source) / "snapshots"
    return Path(config.getoption("snapshot_dir") or os.path.relpath(config.rootpath / _FOLDER))


def _check_folder(folder: Path, *, is_recording: bool) -> None:
    """Before anything is spent: what is no folder, or can't be written where that is asked for, is a usage error."""
    place = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not place.is_dir():
        raise pytest.UsageError(printable(f"--snapshot-dir={folder}: {place} is no folder; name one"))
    if is_recording and not os.access(place, os.W_OK | os.X_OK):
        raise pytest.UsageError(printable(f"--snapshot-dir={folder}: {place} can't be written to; name another folder"))


def _command(config: pytest.Config) -> str:
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    given = worker["mainargv"][1:] if worker else config.invocation_params.args
    command = shlex.join(["pytest", *map(str, given), "--snapshot-update"])
    return " ".join(readable(command).splitlines())  # `printable` would change the :: of a test's id
