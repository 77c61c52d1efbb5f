"""The store: answers kept on disk, so that no question is ever put to the same model and engine twice.

A *partition* is one folder: the answers of one model, by its content, under one engine. `about.json` in it, written
once, says which; its name is a digest of that. Copied anywhere, it can be replayed with `--model=replay:FOLDER`. Every
line of answers is bound to that name: lines of another model's file are damaged ones.

A *key* names a question: the digest of a prompt's messages and of how the answer is sampled. A partition holds one
answer for each key, the last that was written, as one line of JSON in `generations.jsonl`. Lines are only ever added.

A *chunk* is what an engine answered in one call. The last bits of an answer depend on which others were computed
beside it, so only whole chunks count: a run that was killed drops the lines of the chunk it died in, asks for all of
that chunk again, and ends like an undisturbed one. So it does where a line was damaged: its checksum tells.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import filelock

from clue_lib import owner_only, sealed
from clue_lib.engines.answers_file import Scan, chunk_lines, partition_name, scan
from clue_lib.errors import ModelError, StoreError
from clue_lib.models.recording import (
    ABOUT_FILE,
    ANSWERS_FILE,
    OtherFormat,
    Recording,
    encode_recording,
    read_recording,
)
from clue_lib.types import PRIVATE_TIERS, Generation, Tier

_BESIDE_DATA = "answers to data under an agreement lie beside it: make its folder writable, or put it into one that is"
ANOTHERS = "of another model or engine than the folder's name says"
_NO_ROOM = "free space or name another folder with --store"


class Partition:
    """The stored answers of one model under one engine, in `folder`. Be in `held` to append or repair."""

    def __init__(self, root: Path, about: Recording, *, tier: Tier = "bundled") -> None:
        """Make the folder below `root`. `tier` is that of the data whose answers are appended.

        Its name is a digest of the model's content and of the engine: the same weights under the same engine find their
        answers again whatever the model is called. A damaged about.json is written anew, which is told. Raises
        StoreError where the folder can't be made, or is of a later version.
        """
        self.folder = root / partition_name(about)
        self.path = self.folder / ANSWERS_FILE
        self.tier = tier
        self.about = about
        self.lock = filelock.FileLock(self.folder / "lock", mode=owner_only.mode(self.folder))
        self._problem = ""
        try:
            self._describe(about)
        except OSError as error:
            self._problem = str(error.strerror)  # answers that are there can be read all the same
            if not self.path.is_file():
                raise self._unwritable() from error

    def _describe(self, about: Recording) -> None:
        """Raises OSError, and StoreError where the folder is a later version's."""
        owner_only.make_folder(self.folder)
        if (self.folder / ABOUT_FILE).exists():
            try:
                found = read_recording(self.folder, must_be_sealed=True)
                if partition_name(found) == self.folder.name:
                    return
                sealed.tell(f"{self.folder / ABOUT_FILE}: {ANOTHERS}; written anew")
            except OtherFormat as error:
                raise StoreError(f"{error}, or name another folder with --store") from error
            except ModelError as error:
                sealed.tell(f"{error}; written anew")
        sealed.write(self.folder / ABOUT_FILE, encode_recording(about))

    @property
    def is_writable(self) -> bool:
        """Whether answers can be appended, as far as that can be known before."""
        may_append = not self.path.exists() or os.access(self.path, os.W_OK)
        return not self._problem and may_append and os.access(self.folder, os.W_OK | os.X_OK)

    def check_writable(self) -> None:
        """Raise StoreError where answers can't be appended: before an engine starts, if any are lacking."""
        if not self.is_writable:
            raise self._unwritable()

    def _unwritable(self) -> StoreError:
        problem = self._problem or "it can't be written to, and answers are lacking"
        advice = _BESIDE_DATA if self.tier in PRIVATE_TIERS else "name a writable folder with --store"
        return StoreError(f"{self.folder}: {problem}; {advice}")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock: one process at a time appends. Raises StoreError."""
        try:
            self.lock.acquire()
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}; {_NO_ROOM}") from error
        try:
            yield
        finally:
            self.lock.release()

    def load(self) -> dict[str, Generation]:
        """Every answer of every whole chunk, by key."""
        return self._scan().answers

    def n_damaged(self) -> int:
        """How many lines are not what was written."""
        return len(self._scan().damaged)

    def _scan(self) -> Scan:
        return scan(self.path, self.folder.name)

    def repair(self) -> int:
        """Drop what belongs to no whole chunk; returns how many bytes that was. Raises StoreError.

        It is what an interrupted run left behind the last one, or a chunk in which a line was damaged.
        """
        if not self.path.exists():
            return 0
        found = self._scan()
        is_tail = found.n_waste == found.size - found.end
        try:
            if found.n_waste and is_tail:
                os.truncate(self.path, found.end)
            elif found.n_waste:
                content = self.path.read_bytes()
                sealed.write(self.path, b"".join(content[start:end] for start, end in found.chunks))
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}; {_NO_ROOM}") from error
        return found.n_waste

    def append(self, answers: Sequence[tuple[str, Generation]]) -> None:
        """Add one chunk, as (key, answer), and force it to disk. Raises StoreError."""
        self.append_lines(b"".join(chunk_lines(answers, tier=self.tier, partition=self.folder.name)))

    def append_lines(self, lines: bytes) -> None:
        """Add the lines of one chunk of this partition, as they are, and force them to disk. Raises StoreError."""
        try:
            owner_only.prepare(self.path)
            with self.path.open("ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}; {_NO_ROOM}") from error


class SharedPartition(Partition):
    """A partition to which several processes, on several machines perhaps, add at once: each holds it for one chunk."""

    def append_lines(self, lines: bytes) -> None:
        """As `Partition.append_lines`; a line that another process left unfinished is dropped first."""
        with self.held():
            if self._is_torn():
                self.repair()
            super().append_lines(lines)

    def _is_torn(self) -> bool:
        """Whether the last line has no end. Raises StoreError."""
        try:
            with self.path.open("rb") as file:
                if not file.seek(0, os.SEEK_END):
                    return False
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}; {_NO_ROOM}") from error
