"""Finds each task's file: below the data root, bundled with this package, or beside a task of the user's own."""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from clue_lib import digests, raw, shipped
from clue_lib.errors import DataError, MissingData
from clue_lib.types import PRIVATE_TIERS, Tier

BUNDLED_ROOT = shipped.path("fixtures/data")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of sources.toml; `url` is where a public file can be downloaded from.

    `bundled_context` is how many tokens a prompt on the bundled data takes where its context is drawn.
    """

    files: tuple[str, ...]
    shape: str
    tier: Tier
    licence: str
    citation: str
    obtain: str
    bundled: str
    bundled_context: int | None = None
    url: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskData:
    """The data file of a task that a user wrote.

    `file` is its path, taken from the folder of the task's module; a file of the same name below --data-root, plain or
    as .gz, goes before it. `tier` says what binds the data and whatever quotes it: "bundled" for examples that were
    made up (profile `release` does not take them), "public", or "licensed" and "credentialed", whose answers are stored
    beside the data and whose texts and ids stay out of every report. `obtain` says where people get the file. `sha256`
    is the digest of its content, unzipped; where it is given, reports say whether the file is that one.
    """

    file: str
    tier: Tier
    licence: str
    obtain: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file a task reads in this run.

    `digest` is of its content, unzipped. `official` is True when the digest is the published file's, False when it is
    another, None where there is no published file. `context` is how many tokens a prompt and its answer take where the
    task draws contexts and the run asks for no other number; None for the task's own.
    """

    task: str
    path: Path
    tier: Tier
    licence: str
    digest: str
    official: bool | None
    context: int | None = None

    @property
    def label(self) -> Literal["bundled", "official", "not the official file", "the task's own file"]:
        """How every report names this data."""
        if self.official is not None:
            return "official" if self.official else "not the official file"
        return "bundled" if self.tier == "bundled" else "the task's own file"


@functools.cache
def entries() -> dict[str, Entry]:
    """The tables of sources.toml by task name."""
    tables = tomllib.loads((files("clue_lib.datasets") / "sources.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, dict[str, Entry])


def find(task: str, data_root: Path | None, data: TaskData | None = None) -> Source:
    """The task's real file below `data_root`, else its bundled one; of a task that brings `data`, the file named there.

    Raises DataError, as `find_real` does too, and MissingData where there is neither file: the task then does not run.
    """
    if data is not None:
        return _find_own(task, data_root, data)
    return find_real(task, data_root) or _bundled(task)


def find_real(task: str, data_root: Path | None) -> Source | None:
    """The real file of a task of sources.toml below `data_root`, plain or as .gz; None where there is none.

    Raises DataError when the root is no folder, when two files for the task with different content lie below it, or
    when the file is empty or a damaged gzip stream.
    """
    entry = entries()[task]
    path = _below(data_root, entry.files, task, stand_in=BUNDLED_ROOT)
    if path is None:
        return None
    digest = raw.digest(path)
    official = digest == entry.sha256
    return Source(task=task, path=path, tier=entry.tier, licence=entry.licence, digest=digest, official=official)


def _bundled(task: str) -> Source:
    entry = entries()[task]
    path = BUNDLED_ROOT / entry.bundled
    if not path.is_file():
        names = " or ".join(entry.files)
        raise MissingData(f"{task}: no {names} below --data-root and no bundled data; get it from {entry.obtain}")
    digest = digests.of_file(path)
    return Source(
        task=task,
        path=path,
        tier="bundled",
        licence="Apache-2.0",
        digest=digest,
        official=None,
        context=entry.bundled_context,
    )


def _find_own(task: str, data_root: Path | None, data: TaskData) -> Source:
    beside = Path(data.file)
    path = _below(data_root, (beside.name,), task, stand_in=beside.resolve()) or beside
    if not path.is_file():
        problem = f"{task}: no file {data.file}, and no {beside.name} below --data-root"
        if data.tier in PRIVATE_TIERS:  # not everybody who runs the task may have it
            raise MissingData(f"{problem}; get it from {data.obtain or 'whoever gives it out'}")
        raise DataError(f"{problem}; put it there, or mend TASK's data")
    digest = raw.digest(path)
    official = digest == data.sha256 if data.sha256 else None
    return Source(task=task, path=path, tier=data.tier, licence=data.licence, digest=digest, official=official)


def _below(data_root: Path | None, names: Sequence[str], task: str, *, stand_in: Path) -> Path | None:
    """The file of one of these names at any depth below the root, the first of several with the same content.

    Where the root holds the checkout, or the task's module, `stand_in` lies below it too: the file or folder that is
    read where there is no other.
    """
    if data_root is None:
        return None
    if not data_root.is_dir():
        raise DataError(f"--data-root={data_root}: no such folder; name the folder that holds the data files")
    either = {name + suffix for name in names for suffix in ("", ".gz")}
    named = (path for path in data_root.rglob("*") if path.name in either and path.is_file())
    paths = sorted(path for path in named if not path.resolve().is_relative_to(stand_in))
    if len({raw.digest(path) for path in paths}) > 1:
        listed = ", ".join(str(path) for path in paths)
        raise DataError(f"{task}: different files for it below --data-root ({listed}); keep one")
    return paths[0] if paths else None
