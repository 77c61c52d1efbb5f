"""What is private about data: where its traces may lie, and the names that stand for its ids elsewhere."""

import hashlib
import hmac
from pathlib import Path

from clue_lib import digests, owner_only
from clue_lib.datasets.sources import Source
from clue_lib.errors import StoreError
from clue_lib.text import storable
from clue_lib.types import PRIVATE_TIERS


def is_private(source: Source) -> bool:
    """Whether an agreement binds the data, and with it whatever quotes it."""
    return source.tier in PRIVATE_TIERS


def folder_in(folder: Path) -> Path:
    """Where in a folder of data lies what may not leave its place: answers, scores, snapshots, full reports."""
    return folder / owner_only.FOLDER


def folder_beside(source: Source) -> Path:
    """`folder_in` of the folder that the data's file lies in."""
    return folder_in(source.path.parent)


def store_root(source: Source, store: Path) -> Path:
    """Where answers are kept: in `store`, but beside data under an agreement, which they may quote."""
    return folder_beside(source) if is_private(source) else store


def make_key(folder: Path) -> bytes:
    """The folder's secret for hashes of ids, made when there is none yet; only its owner may read it."""
    try:
        return digests.secret(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; the folder of the data must be writable") from error


def keyed(key: bytes, id_: str) -> str:
    """The id's hash, 16 hex digits: the same for the same key, and nobody's without it."""
    return hmac.new(key, storable(id_).encode(), hashlib.sha256).hexdigest()[:16]
