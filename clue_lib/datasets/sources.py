"""Finds each task's file below a data root, or its bundled synthetic stand-in."""

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from clue_lib import digests
from clue_lib.datasets import raw
from clue_lib.errors import DataError, MissingData
from clue_lib.types import Tier

BUNDLED_ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "data"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of sources.toml; `url` is where a public file can be downloaded from."""

    files: tuple[str, ...]
    shape: str
    tier: Tier
    licence: str
    citation: str
    obtain: str
    bundled: str
    url: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file a task reads in this run.

    `digest` is of its content, unzipped.
    `official` is True when the digest is the published file's, False when it is another, None for bundled data.
    """

    task: str
    path: Path
    tier: Tier
    licence: str
    digest: str
    official: bool | None

    @property
    def label(self) -> Literal["bundled", "official", "not the official file"]:
        """How every report names this data."""
        if self.official is None:
            return "bundled"
        return "official" if self.official else "not the official file"


@functools.cache
def entries() -> dict[str, Entry]:
    """The tables of sources.toml by task name."""
    tables = tomllib.loads((files("clue_lib.datasets") / "sources.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, dict[str, Entry])


def find(task: str, data_root: Path | None) -> Source:
    """The task's real file below `data_root`, else its bundled one.

    Raises DataError, as `find_own` does too, and MissingData where there is neither file.
    """
    if own := find_own(task, data_root):
        return own
    entry = entries()[task]
    path = BUNDLED_ROOT / entry.bundled
    if not path.is_file():
        names = " or ".join(entry.files)
        raise MissingData(f"{task}: no {names} below --data-root and no bundled data; get it from {entry.obtain}")
    return Source(
        task=task, path=path, tier="bundled", licence="Apache-2.0", digest=digests.of_file(path), official=None
    )


def find_own(task: str, data_root: Path | None) -> Source | None:
    """The task's real file below `data_root`, plain or as .gz; None where there is none.

    Raises DataError when the root is no folder, when two files for the task with different content lie below it, or
    when the file is empty or a damaged gzip stream.
    """
    entry = entries()[task]
    if data_root is None:
        return None
    if not data_root.is_dir():
        raise DataError(f"--data-root={data_root}: no such folder; name the folder that holds the data files")
    names = {name + suffix for name in entry.files for suffix in ("", ".gz")}
    found = sorted(path for path in data_root.rglob("*") if path.name in names and _is_users(path))
    if not found:
        return None
    digest = _only_digest(task, found)
    official = digest == entry.sha256
    return Source(task=task, path=found[0], tier=entry.tier, licence=entry.licence, digest=digest, official=official)


def _is_users(path: Path) -> bool:
    """Whether this is a file of the user's: a root that holds this checkout holds the bundled file of the same name."""
    return path.is_file() and not path.resolve().is_relative_to(BUNDLED_ROOT)


def _only_digest(task: str, found: list[Path]) -> str:
    digests_found = {raw.digest(path) for path in found}
    if len(digests_found) > 1:
        listed = ", ".join(str(path) for path in found)
        raise DataError(f"{task}: different files for it below --data-root ({listed}); keep one")
    return next(iter(digests_found))
