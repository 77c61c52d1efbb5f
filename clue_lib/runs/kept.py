"""Results that are dear to compute, kept on disk under the digest of all that decides them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import digests

Result = TypeVar("Result", bound=msgspec.Struct)


def kept(folder: Path | None, decided_by: object, kind: type[Result], make: Callable[[], Result]) -> Result:
    """What was kept in the folder under the digest of `decided_by`, else what `make` gives, which is kept then.

    A file that was cut off counts as none. Without a folder nothing is kept.
    """
    if folder is None:
        return make()
    path = folder / f"{digests.of_value(decided_by)[:24]}.json"
    known = _read(path, kind)
    if known is not None:
        return known
    result = make()
    _write(path, result)
    return result


def _read(path: Path, kind: type[Result]) -> Result | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _write(path: Path, result: msgspec.Struct) -> None:
    """Write whole or not at all: several workers may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(msgspec.json.encode(result))
    part.replace(path)
