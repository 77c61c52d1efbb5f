"""Files that this program puts into a data folder: each whole or not at all, its digest recorded beside it."""

import contextlib
import os
from pathlib import Path

import msgspec

from clue_lib.datasets import raw
from clue_lib.errors import DataError

NAME = "digests.json"
"""The record: file name → digest of the content, unzipped."""


def write(path: Path, content: bytes) -> str:
    """Put the file there and record its digest, which is given back. Raises DataError where that fails.

    Until the last byte is on the disk the file is a hidden one that no reader takes for data.
    """
    _replace(path, content)
    digest = raw.digest(path)
    record = digests(path.parent) | {path.name: digest}
    _replace(path.parent / NAME, msgspec.json.format(msgspec.json.encode(record, order="sorted")) + b"\n")
    return digest


def digests(folder: Path) -> dict[str, str]:
    """The folder's record, empty where there is none. Raises DataError where it is damaged."""
    path = folder / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise DataError(
            f"{path}: no record of digests ({error}); remove it and fetch or build the files anew"
        ) from error


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; name a folder that can be written to and has room") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
