"""What a store holds, what of it is damaged, and what of it may go."""

import contextlib
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import filelock

from clue_lib import sealed
from clue_lib.engines.answers_file import partition_name, scan
from clue_lib.engines.pace import PACE_FILE
from clue_lib.engines.store import ANOTHERS
from clue_lib.errors import ModelError, StoreError
from clue_lib.models.recording import ABOUT_FILE, ANSWERS_FILE, read_recording
from clue_lib.types import Tier

NOISE_FILE = "noise.json"
"""In a partition's folder: how far the model differs from itself (`--aa`)."""

SCORES_FOLDER = "scores"
"""In a partition's folder: scores that were computed of its answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One partition: whose answers it holds, to whose data, how many, and what is wrong with its files.

    `model` and `engine` are empty where about.json can't be read. `written` is when the last answer was added, in
    seconds since 1970; `size` is that of all files, in bytes. What is wrong are lines, each beginning with a path.
    """

    folder: Path
    model: str
    engine: str
    tiers: frozenset[Tier]
    n_answers: int
    written: float
    size: int
    problems: tuple[str, ...]


def held(root: Path) -> Iterator[Held]:
    """Every partition of a store, by the name of its folder; all of its files are read. Raises StoreError."""
    for folder in folders(root):
        yield _held(folder)


def folders(root: Path) -> list[Path]:
    """The partitions' folders. Raises StoreError where the store is no folder, or can't be read."""
    try:
        return sorted(path for path in root.iterdir() if _is_partition(path))
    except OSError as error:
        raise StoreError(f"{root}: {error.strerror}; name a store's folder with --store") from error


def common_problems(root: Path) -> list[str]:
    """What is wrong with the files that the store has beside its partitions."""
    return _sealed_problems([root / PACE_FILE])


def leftovers(root: Path) -> list[Path]:
    """Files that a process which was killed had not finished, and no other may be writing: older than an hour."""
    parts = [path for path in root.rglob(f".*{sealed.PART}") if path.is_file()]
    newest = max((path.stat().st_mtime for path in root.rglob("*") if path.is_file()), default=0.0)
    return sorted(path for path in parts if newest - path.stat().st_mtime > 3600)


def old(partitions: Collection[Held], *, before: float | None, keep: Collection[str]) -> list[Held]:
    """Those that may go: last written `before` that time, where it is given, and named nowhere in `keep`.

    A partition is kept by its model's name or by its folder's.
    """
    may_go = [one for one in partitions if one.model not in keep and one.folder.name not in keep]
    return [one for one in may_go if before is None or one.written < before]


def remove(folder: Path) -> bool:
    """Remove a partition; False where a run is just adding to it. Raises StoreError."""
    lock = filelock.FileLock(folder / "lock")
    try:
        with lock.acquire(timeout=0):
            (folder / ABOUT_FILE).unlink(missing_ok=True)  # first: a half that remains is no recording
            shutil.rmtree(folder)
    except filelock.Timeout:
        return False
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; remove it as its owner") from error
    return True


def _is_partition(path: Path) -> bool:
    return path.is_dir() and any((path / name).exists() for name in (ABOUT_FILE, ANSWERS_FILE))


def _held(folder: Path) -> Held:
    answers = folder / ANSWERS_FILE
    model = engine = ""
    problems: list[str] = []
    try:
        about = read_recording(folder, must_be_sealed=True)
        model, engine = about.model or "", about.engine.label
        if partition_name(about) != folder.name:
            problems.append(f"{folder / ABOUT_FILE}: {ANOTHERS}")
    except ModelError as error:
        problems.append(str(error))
    found = scan(answers, folder.name)
    if found.damaged:
        lines = ", ".join(map(str, found.damaged[:5])) + (", …" if len(found.damaged) > 5 else "")
        problems.append(f"{answers}: {len(found.damaged)} damaged lines ({lines}); their chunks are asked for again")
    elif found.n_waste:
        problems.append(f"{answers}: {found.n_waste} bytes of an unfinished chunk, which is asked for again")
    problems += _sealed_problems([folder / NOISE_FILE, *sorted((folder / SCORES_FOLDER).glob("*.json"))])
    files = [path for path in folder.rglob("*") if path.is_file()]
    written = answers if answers.exists() else folder
    return Held(
        folder=folder,
        model=model,
        engine=engine,
        tiers=found.tiers,
        n_answers=len(found.answers),
        written=written.stat().st_mtime,
        size=sum(path.stat().st_size for path in files),
        problems=tuple(problems),
    )


def _sealed_problems(paths: Collection[Path]) -> list[str]:
    told = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            try:
                problem = sealed.problem(path)
            except PermissionError as error:
                problem = f"{error.strerror}, not checked"
            if problem:
                told.append(f"{path}: {problem}")
    return told
