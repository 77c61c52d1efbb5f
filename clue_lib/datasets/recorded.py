"""Files that this program puts into a data folder: each whole or not at all, its digest recorded beside it."""

from pathlib import Path

import msgspec

from clue_lib import files, raw, sealed
from clue_lib.errors import DataError

NAME = "digests.json"
"""The record: file name → digest of the content, unzipped."""

_FORMAT = "clue-gate digests 1"


def write(path: Path, content: bytes) -> str:
    """Put the file there and record its digest, which is given back. Raises DataError where that fails.

    Until the last byte is on the disk the file is a hidden one that no reader takes for data.
    """
    _replace(path, content)
    digest = raw.digest(path)
    record = digests(path.parent) | {path.name: digest}
    _replace(path.parent / NAME, sealed.seal(dict(sorted(record.items())), format=_FORMAT))
    return digest


def digests(folder: Path) -> dict[str, str]:
    """The folder's record, empty where there is none. Raises DataError where it is damaged.

    Versions before 0.2 wrote the names and digests alone, without a checksum, which is read as it is.
    """
    path = folder / NAME
    try:
        written = files.read_json(path)
        return _unsealed(written)
    except FileNotFoundError:
        return {}
    except (OSError, sealed.SealError) as error:
        raise DataError(
            f"{path}: no record of digests ({error}); remove it and fetch or build the files anew"
        ) from error


def _unsealed(written: bytes) -> dict[str, str]:
    try:
        return msgspec.json.decode(written, type=dict[str, str])
    except (UnicodeDecodeError, msgspec.DecodeError):  # which a sealed record is too, for its content is an object
        return sealed.unseal(written, dict[str, str], format=_FORMAT)


def _replace(path: Path, content: bytes) -> None:
    try:
        sealed.write(path, content)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; name a folder that can be written to and has room") from error
