"""Snapshots on disk: one file for each revision of a model, task and engine, laid out for a reviewer."""

import hashlib
import json
import re
from dataclasses import fields
from pathlib import Path

import msgspec

from clue_lib import files as bounded
from clue_lib.errors import ReportError
from clue_lib.snapshots.record import WATCHED, Origin, Snapshot
from clue_lib.tasks import TASKS
from clue_lib.text import storable


def encode(snapshot: Snapshot) -> str:
    """The snapshot as JSON: its origin first, all else sorted, one code per line."""
    content = msgspec.to_builtins(snapshot, order="sorted")
    ordered = {field.name: content[field.name] for field in fields(Snapshot)}
    return json.dumps(ordered, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def decode(text: str | bytes, place: object) -> Snapshot:
    """A snapshot that `encode` wrote. Raises ReportError, naming the place, where it is none."""
    try:
        return msgspec.json.decode(text, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{place}: no snapshot ({error}); record it anew with --snapshot-update") from error


def read(path: Path) -> Snapshot:
    """The snapshot in that file. Raises ReportError where there is none."""
    try:
        return decode(bounded.read_json(path), path)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; name a snapshot's file, or a folder of them") from error


def path_in(folder: Path, origin: Origin) -> Path:
    """Where a snapshot lies: a folder for each revision of a model, in it a file for each task and engine."""
    engine = _safe(origin.engine.name or "engine")
    return folder / folder_name(origin.model, origin.revision) / f"{origin.task}.{engine}.json"


def find(folder: Path, origin: Origin) -> Path | None:
    """The revision's snapshot of that engine, else of the first other engine; None where there is none."""
    own = path_in(folder, origin)
    if own.is_file():
        return own
    return min(own.parent.glob(f"{origin.task}.*.json"), default=None)


def is_recorded(folder: Path, task: str, model: str, revision: str) -> bool:
    """Whether there is a snapshot of this revision of the model on the task, whatever the engine."""
    return any((folder / folder_name(model, revision)).glob(f"{task}.*.json"))


def folder_name(model: str, revision: str) -> str:
    """A name that every file system accepts; each model and revision has its own."""
    digest = hashlib.sha256(json.dumps([model, revision]).encode()).hexdigest()
    return f"{_safe(model)}-{digest[:16]}"


def unused(folder: Path, *, model: str, revision: str) -> list[Path]:
    """The files below the folder that no run of this model reads, in order.

    These are snapshots of its other revisions, of tasks that have none, and files that are no snapshots or not in their
    place. Snapshots of other models are left alone.
    """
    return [path for path in sorted(folder.glob("*/*.json")) if not _is_used(path, folder, storable(model), revision)]


def _is_used(path: Path, folder: Path, model: str, revision: str) -> bool:
    if path.parent.name == folder_name(model, revision) and _has_snapshots(path.name.split(".")[0]):
        return True  # its task's own test reads it, and says what is wrong with it
    try:
        origin = read(path).origin
    except ReportError:
        return False
    is_current = origin.model != model or origin.revision == revision
    return is_current and _has_snapshots(origin.task) and path == path_in(folder, origin)


def _has_snapshots(task: str) -> bool:
    """Of the user's own tasks any may have: this session need not have collected their tests."""
    return task in WATCHED or task not in TASKS


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "model"
