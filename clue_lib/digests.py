"""Digests that name content: values, files, folders. SHA-256 in hex throughout."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from clue_lib import files, owner_only


def of_value(value: object) -> str:
    """Digest of a value's canonical JSON (keys sorted); dataclasses count as their fields."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def of_file(path: Path) -> str:
    """Digest of a file's bytes. Raises OSError where it is no file, or can't be read."""
    with files.open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_files(paths: Iterable[Path]) -> str:
    """Digest of several files by name and content, whatever their order; of none, the digest of nothing."""
    return of_value(sorted((path.name, of_file(path)) for path in paths))


def rank(id_: str, seed: int) -> str:
    """The id's place in an order by hash: the same on every machine, and unrelated to any file's own order."""
    return hashlib.sha256(f"{seed}:{id_}".encode()).hexdigest()


def secret(folder: Path) -> bytes:
    """The folder's key for digests that nobody can make without it: 32 random bytes, made when there is none yet.

    Only its owner may read the file, `key`. Raises OSError where the folder or the file can't be made.
    """
    path = folder / "key"
    if not path.exists():
        owner_only.make_folder(folder)
        _write_secret(path)
    return path.read_bytes()


def _write_secret(path: Path) -> None:
    """Under another name first, so that another process never reads half of it; whichever process is first wins."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    with open(descriptor, "wb") as file:
        file.write(os.urandom(32))
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links, where the last one wins
        os.replace(unfinished, path)
        return
    os.unlink(unfinished)
