"""The tests of snapshots: a model's outputs on a task, and which recorded file they are compared with.

A test of a snapshot takes the fixtures `outputs` and `recorded` and asserts that they are equal. It is no gate.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NoReturn

import pytest

from clue_lib import digests, snapshots
from clue_lib.datasets import Source, private
from clue_lib.errors import ClueError, OptionError, ReportError
from clue_lib.judging import RULES
from clue_lib.plugin.collection import own_tests
from clue_lib.plugin.command_line import command_to_record
from clue_lib.plugin.snapshot_notes import DRIFT, MISSING, UNDER_ANOTHER, UNUSED
from clue_lib.plugin.state import task_of
from clue_lib.session import GateRun, Prepared
from clue_lib.snapshots import Snapshot
from clue_lib.text import printable, readable, storable
from clue_lib.types import TaskRun

BESIDE_TESTS, ELSEWHERE = Path("tests", "snapshots"), Path("gate-snapshots")
"""Below the project's root, where --snapshot-dir does not say otherwise: with model tests of its own, and without."""

path_key = pytest.StashKey[Path]()
"""On a test: the file that its outputs are compared with, or written to."""


def check_folder(config: pytest.Config) -> None:
    """Raise UsageError, before anything is spent, where --snapshot-dir is no folder or can't be written to as asked."""
    if not (given := config.getoption("snapshot_dir")):
        return
    folder = Path(given)
    place = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not place.is_dir():
        raise pytest.UsageError(printable(f"--snapshot-dir={folder}: {place} is no folder; name one"))
    if config.option.update_snapshots and not os.access(place, os.W_OK | os.X_OK):
        raise pytest.UsageError(printable(f"--snapshot-dir={folder}: {place} can't be written to; name another folder"))


def check_recorded(config: pytest.Config, selected: Collection[str], prepared: Prepared) -> None:
    """Raise OptionError where the profile certifies and a task's snapshot is not tested, or not recorded yet."""
    profile = prepared.settings.profile
    if not RULES[profile].certifies:
        return
    for task in (task for task in snapshots.WATCHED if task in prepared.plan):
        if task not in selected:
            raise OptionError(f"--profile={profile}: the test of {task}'s snapshot is not selected; drop -k and paths")
        folder = _folder(prepared.plan[task].source, config)
        candidate = prepared.models["candidate"]
        if not snapshots.is_recorded(folder, task, storable(candidate.name), digests.of_value(candidate.identity)):
            what = f"no snapshot of {candidate.name} on {task} is recorded, at this revision"
            raise OptionError(f"--profile={profile}: {what}; record it: {command_to_record(config)} --profile=ci")


def outputs(request: pytest.FixtureRequest, run: GateRun, candidate: Callable[[str], TaskRun]) -> Snapshot:
    """What the fixture of this name gives; fails or skips the test as it says."""
    try:
        with run.boundary():
            return _outputs(request, run, candidate)
    except ClueError as error:
        pytest.fail(" ".join(readable(str(error)).split()), pytrace=False)


def _outputs(request: pytest.FixtureRequest, run: GateRun, candidate: Callable[[str], TaskRun]) -> Snapshot:
    task = task_of(request.module).name
    request.node.user_properties.append((snapshots.TEST_PROPERTY, task))
    if run.settings.limit is not None:
        pytest.skip("a run with --limit has no snapshots")
    if run.prepared.info.chat.is_servers:
        pytest.skip("prompts in a server's own template have no snapshots")
    if task not in run.plan:
        pytest.skip(f"{task} has no data")
    if task not in run.pairs:
        pytest.skip(f"NOT REACHED: {task} was not answered: the candidate was rejected early")
    taken = _take(run, candidate(task))
    folder = _folder(run.plan[task].source, request.config)
    request.node.stash[path_key] = own = snapshots.path_in(folder, taken.origin)
    unused = snapshots.unused(folder, model=taken.origin.model, revision=taken.origin.revision)
    request.node.user_properties += [(UNUSED, printable(str(path))) for path in unused]
    option = request.config.option
    if option.update_snapshots or (option.update_new_snapshots_only and not own.exists()):
        return taken
    path = snapshots.find(folder, taken.origin)
    if path is None:
        _without(request, run, f"no snapshot of {taken.origin.model} on {task}, at this revision")
    stored = snapshots.read(path)
    if other := snapshots.obstacle(stored.origin, taken.origin):
        _without(request, run, f"{path}: recorded with other {other}")
    request.node.stash[path_key] = path
    return taken if stored.origin.engine == taken.origin.engine else _tolerated(request, run, stored, taken)


def _take(run: GateRun, of_task: TaskRun) -> Snapshot:
    if long := sum(response.generation.finish_reason == "context" for response in of_task.responses):
        pytest.skip(f"{long} prompts of {of_task.task} do not fit the model's context")
    source = run.plan[of_task.task].source
    return snapshots.take(
        of_task,
        revision=digests.of_value(run.prepared.models["candidate"].identity),
        data=source.digest,
        engine=run.prepared.fingerprints["candidate"],
        name_of=_namer(source),
    )


def _namer(source: Source) -> Callable[[str], str]:
    """Makes the name of a letter from its id: the id itself, but for private data a keyed hash."""
    if not private.is_private(source):
        return storable
    key = private.make_key(private.folder_beside(source))
    return lambda id_: private.keyed(key, id_)


def _without(request: pytest.FixtureRequest, run: GateRun, reason: str) -> NoReturn:
    """Nothing to compare with: skip and say how to record it, or fail in `release`."""
    shown = printable(reason)
    request.node.user_properties.append((MISSING, shown))
    text = f"{shown}; record it: {command_to_record(request.config)}"
    if _certifies(run):
        raise ReportError(text)
    pytest.skip(text)


def _tolerated(request: pytest.FixtureRequest, run: GateRun, stored: Snapshot, taken: Snapshot) -> Snapshot:
    """The stored snapshot where the drift is none of the model's; both engines' difference goes to the summary."""
    drift = snapshots.difference(stored, taken)
    if drift:
        extent = "within" if drift.is_within() else "beyond"
        lines = snapshots.public_lines(drift)
        first = f"drift {extent} the tolerance{UNDER_ANOTHER}: {lines[0]}"
        request.node.user_properties.append((DRIFT, "\n".join([first, *lines[1:]])))
    return taken if _certifies(run) and not drift.is_within() else stored


def _certifies(run: GateRun) -> bool:
    """Whether the run's profile passes only what it has judged whole."""
    return RULES[run.settings.profile].certifies


def _folder(source: Source, config: pytest.Config) -> Path:
    """Beside data under an agreement, whose outputs may not leave their place; else in the project."""
    if private.is_private(source):
        return private.folder_beside(source) / "snapshots"
    if given := config.getoption("snapshot_dir"):
        return Path(given)
    folder = BESIDE_TESTS if own_tests(config) else ELSEWHERE
    return Path(os.path.relpath(config.rootpath / folder))
