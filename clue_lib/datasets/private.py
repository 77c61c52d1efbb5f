"""What is private about data: where its traces may lie, and the names that stand for its ids elsewhere."""

import contextlib
import hashlib
import hmac
import os
import tempfile
from pathlib import Path

from clue_lib.datasets.sources import Source
from clue_lib.errors import StoreError
from clue_lib.text import storable
from clue_lib.types import PRIVATE_TIERS


def is_private(source: Source) -> bool:
    """Whether an agreement binds the data, and with it whatever quotes it."""
    return source.tier in PRIVATE_TIERS


def folder_beside(source: Source) -> Path:
    """The folder beside the data for what may not leave its place: answers, scores, snapshots, full reports."""
    return source.path.parent / ".clue-gate"


def store_root(source: Source, store: Path) -> Path:
    """Where answers are kept: `store`, but for data under an agreement beside it, since they may quote it."""
    return folder_beside(source) if is_private(source) else store


def make_key(folder: Path) -> bytes:
    """The folder's secret for hashes of ids, made when there is none yet; only its owner may read it."""
    path = folder / "key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, own = tempfile.mkstemp(dir=folder)  # linked when it is whole: another worker never reads half of it
        with open(descriptor, "wb") as file:
            file.write(os.urandom(32))
        with contextlib.suppress(FileExistsError):
            os.link(own, path)
        os.unlink(own)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; the folder of the data must be writable") from error
    return path.read_bytes()


def keyed(key: bytes, id_: str) -> str:
    """The id's hash, 16 hex digits: the same for the same key, and nobody's without it."""
    return hmac.new(key, storable(id_).encode(), hashlib.sha256).hexdigest()[:16]
