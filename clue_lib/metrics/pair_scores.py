"""Scores of pairs of texts that are expensive to compute, kept on disk; safe under several processes."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import filelock
import msgspec

from clue_lib import digests, owner_only, sealed
from clue_lib.errors import StoreError

Pair = tuple[str, str]

VERSION = 2
"""Of the files' format: 1 had no checksums."""


class PairScores:
    """The scores of pairs under one signature: a file of its own in the folder. Hold `lock` to compute and add.

    No text is kept: a pair's name is its digest under a key that was drawn for the folder and is the owner's to read.
    Each score has a checksum over it, the pair and the signature. One that does not agree is told and counts as
    unknown, and so does all that a damaged file holds.
    """

    def __init__(self, folder: Path, signature: str) -> None:
        """Make the folder and its key unless they are there. Raises StoreError."""
        self._signature = signature
        self.path = folder / f"{digests.of_value((VERSION, signature))[:24]}.sqlite"
        self.lock = filelock.FileLock(self.path.with_suffix(".lock"), mode=owner_only.mode(self.path))
        try:
            self._key = digests.secret(folder)
            owner_only.prepare(self.path)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; name a folder that can be written") from error

    def get(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """The scores that are known, by pair; none where the file can't be read, which is told."""
        scores: dict[Pair, float] = {}
        n_damaged = 0
        try:
            with self._open() as database:
                for pair in pairs:
                    row = database.execute(_FIND, [self._name(pair)]).fetchone()
                    if row is None:
                        continue
                    if row[1] == self._checksum(pair, row[0]):
                        scores[pair] = row[0]
                    else:
                        n_damaged += 1
        except sqlite3.Error as error:
            sealed.tell(f"{self.path}: {error}; not read, and computed again")
            return {}
        if n_damaged:
            sealed.tell(f"{self.path}: {n_damaged} damaged scores; not read, and computed again")
        return scores

    def add(self, scores: Mapping[Pair, float]) -> None:
        """Keep the scores: all of them or, if interrupted, none. What is known stays.

        A damaged file is removed first; where nothing can be kept, that is told.
        """
        try:
            self._add(scores)
        except (sqlite3.Error, OSError) as error:
            if not _is_damage(error):
                sealed.tell(f"{self.path}: {error}; not kept, and computed again by the next run")
                return
            self.path.unlink(missing_ok=True)
            self._add(scores)

    def _add(self, scores: Mapping[Pair, float]) -> None:
        with self._open() as database, database:
            for pair, score in scores.items():
                name = self._name(pair)
                row = database.execute(_FIND, [name]).fetchone()
                if row is None or row[1] != self._checksum(pair, row[0]):
                    database.execute(_PUT, [name, score, self._checksum(pair, score)])

    def _name(self, pair: Pair) -> bytes:
        return blake2b(msgspec.json.encode(pair), key=self._key, digest_size=16).digest()

    def _checksum(self, pair: Pair, score: object) -> bytes:
        return blake2b(repr((self._signature, pair, score)).encode("utf-8", "replace"), digest_size=16).digest()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=60)) as database:
            database.execute(_MAKE)
            yield database


_MAKE = "CREATE TABLE IF NOT EXISTS f (pair BLOB PRIMARY KEY, value REAL, checksum BLOB) WITHOUT ROWID"
_FIND = "SELECT value, checksum FROM f WHERE pair = ?"
_PUT = "INSERT OR REPLACE INTO f VALUES (?, ?, ?)"


def _is_damage(error: Exception) -> bool:
    """Whether the file itself is at fault: SQLite's other errors (full disk, lock, permission) are operational."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
