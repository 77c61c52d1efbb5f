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
    inputs = digests.of_value(decided_by)
    path = folder / f"{inputs[:24]}.json"
    format = f"clue-gate {kind.__name__} {VERSION}"
    known = sealed.known(path, kind, format=format, inputs=inputs)
    if known is not None:
        return known
    result = make()
    sealed.keep(path, result, format=format, inputs=inputs)
    return result
