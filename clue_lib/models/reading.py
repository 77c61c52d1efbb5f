"""Reads the small JSON files that describe a model or a recording."""

from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib.errors import ModelError

Described = TypeVar("Described", bound=msgspec.Struct)


def read_json(path: Path, kind: type[Described]) -> Described:
    """The file as a typed value. Raises ModelError where it can't be read or is of another shape."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise ModelError(f"{path} can't be read ({error}); mend or replace it") from error
