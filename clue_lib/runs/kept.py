"""Results that are dear to compute, kept on disk under the digest of all that decides them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import digests, sealed

VERSION = 1
"""Of the files' format: raise it where a result's fields change their meaning."""

Result = TypeVar("Result", bound=msgspec.Struct)


def kept(folder: Path | None, decided_by: object, kind: type[Result], make: Callable[[], Result]) -> Result:
    """What was kept in the folder under the digest of `decided_by`, else what `make` gives, which is kept then.

    A damaged file is told, made again and replaced. Without a folder nothing is kept; where the folder can't be
    written to, that is told.
    """
    if folder is None:
        return make()
    before = known(folder, decided_by, kind)
    if before is not None:
        return before
    result = make()
    path, inputs = _place(folder, decided_by)
    sealed.keep(path, result, format=_format(kind), inputs=inputs)
    return result


def known(folder: Path, decided_by: object, kind: type[Result]) -> Result | None:
    """What was kept in the folder under the digest of `decided_by`; None where nothing is, or what is is damaged."""
    path, inputs = _place(folder, decided_by)
    return sealed.known(path, kind, format=_format(kind), inputs=inputs)


def _place(folder: Path, decided_by: object) -> tuple[Path, str]:
    """The file, and the digest of all that decides what it holds."""
    inputs = digests.of_value(decided_by)
    return folder / f"{inputs[:24]}.json", inputs


def _format(kind: type[msgspec.Struct]) -> str:
    return f"clue-gate {kind.__name__} {VERSION}"
