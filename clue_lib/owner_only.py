"""Files that may quote data under an agreement are their owner's alone, whatever the umask.

Such files lie in folders named `.clue-gate` beside the data, and nowhere else: the place says what a file is. Whoever
writes one calls `prepare` first, or asks `mode`.
"""

import os
from pathlib import Path

FOLDER = ".clue-gate"
"""The name of the folder beside private data."""

_FILE, _FOLDER = 0o600, 0o700


def is_private(path: Path) -> bool:
    """Whether the path lies in a folder of private files, or is one."""
    return FOLDER in path.absolute().parts


def mode(path: Path) -> int:
    """With which mode a file there is made; the umask takes away from it, which `prepare` mends."""
    return _FILE if is_private(path) else 0o666


def make_folder(folder: Path) -> None:
    """Make the folder and those above it; private ones are their owner's alone, even if they were there. OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in (folder, *folder.parents):
        if is_private(one) and one.stat().st_mode & 0o777 != _FOLDER:
            one.chmod(_FOLDER)


def prepare(path: Path) -> None:
    """Make the folders of a file that is to be written, and a private file itself, empty where there is none. OSError.

    Whoever opens it then, a database or pandas say, keeps its mode.
    """
    make_folder(path.parent)
    if is_private(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, _FILE)
        try:
            os.fchmod(descriptor, _FILE)
        finally:
            os.close(descriptor)
