"""Reads the small JSON files that describe a model or a recording."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import files
from clue_lib.errors import ModelError

Described = TypeVar("Described", bound=msgspec.Struct)
Value = TypeVar("Value")

UNREADABLE = (OSError, UnicodeDecodeError, RecursionError)
"""What reading a file and taking its JSON apart can raise, besides what says that it is no JSON."""


def has_file(path: Path) -> bool:
    """Whether the file is there, itself or by a link to it, as in a hub's cache.

    Raises ModelError where something else stands in its place. A folder that was copied without what its links lead to
    would else be read as one that never had the file, and its model asked without its template.
    """
    if os.path.isfile(path):
        return True
    if os.path.lexists(path):
        what = "a link that leads to no file" if os.path.islink(path) else "no regular file"
        raise ModelError(f"{path} is {what}; put the file itself there")
    return False


def read_json(path: Path, kind: type[Described]) -> Described:
    """The file as a typed value. Raises ModelError where it can't be read or is of another shape."""
    return decoded(path, kind)


def decoded(path: Path, kind: type[Value]) -> Value:
    """As `read_json`, for any type that msgspec decodes."""
    try:
        return msgspec.json.decode(files.read_json(path), type=kind)
    except (*UNREADABLE, msgspec.DecodeError) as error:
        raise unreadable(path, error) from error


def read_text(path: Path) -> str:
    """The file's text. Raises ModelError where it can't be read or is not in UTF-8."""
    try:
        return files.read_text(path)
    except UNREADABLE as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> ModelError:
    """What a file that can't be read is told as. The error of a disk names the file itself, which stands there once."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return ModelError(f"{path} can't be read ({reason}); mend or replace it")
