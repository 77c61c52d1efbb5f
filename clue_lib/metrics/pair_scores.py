"""Scores of pairs of texts that are expensive to compute, kept on disk; safe under several processes."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import filelock
import msgspec

from clue_lib import digests
from clue_lib.errors import StoreError

Pair = tuple[str, str]


class PairScores:
    """The scores of pairs under one signature: a file of its own in the folder. Hold `lock` to compute and add.

    No text is kept: a pair's name is its digest under a key that was drawn for the folder and is the owner's to read.
    """

    def __init__(self, folder: Path, signature: str) -> None:
        """Make the folder and its key unless they are there. Raises StoreError."""
        self.path = folder / f"{digests.of_value(signature)[:24]}.sqlite"
        self.lock = filelock.FileLock(self.path.with_suffix(".lock"))
        try:
            self._key = digests.secret(folder)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; name a folder that can be written") from error

    def get(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """The scores that are known, by pair."""
        scores = {}
        with self._open() as database:
            for pair in pairs:
                row = database.execute("SELECT value FROM f WHERE pair = ?", [self._name(pair)]).fetchone()
                if row is not None:
                    scores[pair] = row[0]
        return scores

    def add(self, scores: Mapping[Pair, float]) -> None:
        """Keep the scores: all of them or, if interrupted, none. What is known stays."""
        with self._open() as database, database:
            rows = ((self._name(pair), score) for pair, score in scores.items())
            database.executemany("INSERT OR IGNORE INTO f VALUES (?, ?)", rows)

    def _name(self, pair: Pair) -> bytes:
        return blake2b(msgspec.json.encode(pair), key=self._key, digest_size=16).digest()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=60)) as database:
                database.execute("CREATE TABLE IF NOT EXISTS f (pair BLOB PRIMARY KEY, value REAL) WITHOUT ROWID")
                yield database
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.path}: {error}; delete it, and what it held is computed again") from error
