"""Generations on disk: content-addressed, append-only, resumable.

One folder per model and engine (`about.json` says which), one JSON line per answer. A chunk is what an engine answered
in one batch; only whole chunks count, so a run that was killed resumes at the batch it died in and ends like an
undisturbed one. A folder can be copied anywhere and replayed with `--model=replay:FOLDER`.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import filelock
import msgspec

from clue_lib import digests
from clue_lib.errors import StoreError
from clue_lib.types import PRIVATE_TIERS, Generation, Tier


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line: an answer, its place in its chunk, what binds it, and the checksum of all the rest."""

    key: str
    index: int
    size: int
    tier: Tier
    generation: Generation
    checksum: str = ""

    def sealed(self) -> "Record":
        """The record with its checksum."""
        return msgspec.structs.replace(self, checksum=self._sum())

    def is_intact(self) -> bool:
        """Whether the checksum agrees with the rest."""
        return self.checksum == self._sum()

    def _sum(self) -> str:
        return digests.of_value((self.key, self.index, self.size, self.tier, self.generation))[:16]


_BESIDE_DATA = "answers to data under an agreement lie beside it: make its folder writable, or put it into one that is"


class Partition:
    """The stored answers of one model under one engine. Hold `lock` to append."""

    def __init__(self, root: Path, about: dict[str, object], *, tier: Tier = "bundled") -> None:
        """`about` identifies model and engine; its digest names the folder, the model's name aside.

        `tier` is that of the data whose answers are appended: every record carries it.

        The same weights under the same engine so find their answers again whatever they are called.
        """
        content = {name: value for name, value in about.items() if name != "model"}
        self.folder = root / digests.of_value(content)[:24]
        self.path = self.folder / "generations.jsonl"
        self.tier = tier
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "about.json").write_bytes(msgspec.json.format(msgspec.json.encode(about)) + b"\n")
        except OSError as error:
            advice = _BESIDE_DATA if tier in PRIVATE_TIERS else "name a writable folder with --store"
            raise StoreError(f"{self.folder}: {error.strerror}; {advice}") from error
        self.lock = filelock.FileLock(self.folder / "lock")

    def load(self) -> dict[str, Generation]:
        """Every answer of every whole chunk, by request key."""
        return _read(self.path)[0]

    def repair(self) -> int:
        """Cut off what an interrupted run left behind its last whole chunk; how many bytes that was."""
        torn = self.path.stat().st_size - _read(self.path)[1] if self.path.exists() else 0
        if torn:
            os.truncate(self.path, self.path.stat().st_size - torn)
        return torn

    def append(self, answers: Sequence[tuple[str, Generation]]) -> None:
        """Add one chunk and force it to disk."""
        lines = b"".join(
            msgspec.json.encode(
                Record(key=key, index=index, size=len(answers), tier=self.tier, generation=generation).sealed()
            )
            + b"\n"
            for index, (key, generation) in enumerate(answers)
        )
        try:
            with self.path.open("ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"{self.path}: {error.strerror}; free space or name another folder with --store"
            ) from error


def read_generations(path: Path) -> dict[str, Generation]:
    """Every answer of every whole chunk of a generations file, by request key."""
    return _read(path)[0]


def _read(path: Path) -> tuple[dict[str, Generation], int]:
    """The answers of whole chunks, and the offset at which the last of them ends."""
    answers: dict[str, Generation] = {}
    chunk: list[Record] = []
    offset = end = 0
    for line in _lines(path):
        offset += len(line)
        record = _decode(line)
        if record is None or record.index == 0:
            chunk = []
        if record is None or record.index != len(chunk):
            continue
        chunk.append(record)
        if len(chunk) == record.size:
            answers |= {whole.key: whole.generation for whole in chunk}
            end, chunk = offset, []
    return answers, end


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; make it readable or name another folder with --store") from error


def _decode(line: bytes) -> Record | None:
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record if record.is_intact() and line.endswith(b"\n") else None
