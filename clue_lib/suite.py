"""Which suite judged: one digest over the package's own files, the model tests and the bundled data."""

import functools
from pathlib import Path

from clue_lib import digests, shipped

_SUFFIXES = frozenset({".py", ".toml", ".json", ".jsonl", ".j2", ".txt", ".csv", ".gz"})
_BESIDE = (
    "tests/level1",
    "tests/level2",
    "tests/case_challenges",
    "tests/monitored",
    "tests/whole_run",
    "fixtures/data",
)


@functools.cache
def digest() -> str:
    """SHA-256 over names and contents; the same of a checkout and of a wheel made from it.

    The thresholds file is not in it: a run has a digest of its own for the one that it used.
    """
    files = {
        f"clue_lib/{name}": path for name, path in _files(shipped.PACKAGE).items() if not name.startswith("suite/")
    }
    for folder in _BESIDE:
        files |= {f"{folder}/{name}": path for name, path in _files(shipped.path(folder)).items()}
    return digests.of_value(sorted((name, digests.of_file(path)) for name, path in files.items()))


def _files(folder: Path) -> dict[str, Path]:
    """Every file that decides something, by its place in the folder; none where there is no folder."""
    found = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}
