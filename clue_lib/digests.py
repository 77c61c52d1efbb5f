"""Digests that name content: values, files, folders. SHA-256 in hex throughout."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec


def of_value(value: object) -> str:
    """Digest of a value's canonical JSON (keys sorted); dataclasses count as their fields."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def of_file(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_files(paths: Iterable[Path]) -> str:
    """Digest of several files by name and content, whatever their order; of none, the digest of nothing."""
    return of_value(sorted((path.name, of_file(path)) for path in paths))


def rank(id_: str, seed: int) -> str:
    """The id's place in an order by hash: the same on every machine, and unrelated to any file's own order."""
    return hashlib.sha256(f"{seed}:{id_}".encode()).hexdigest()
