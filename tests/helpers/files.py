"""Writes the files that tests read."""

from pathlib import Path


def put(path: Path, content: bytes) -> Path:
    """The path, for one line to write and to read it."""
    path.write_bytes(content)
    return path
