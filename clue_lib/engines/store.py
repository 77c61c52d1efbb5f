"""The store: answers kept on disk, so that no question is ever put to the same model and engine twice.

A *partition* is one folder: the answers of one model, by its content, under one engine. `about.json` in it says which;
its name is a digest of that. Copied anywhere, it can be replayed with `--model=replay:FOLDER`.

A *key* names a question: the digest of a prompt's messages and of how the answer is sampled. A partition holds one
answer for each key, the last that was written, as one line of JSON in `generations.jsonl`. Lines are only ever added.

A *chunk* is what an engine answered in one call. The last bits of an answer depend on which others were computed
beside it, so only whole chunks count: a run that was killed drops the lines of the chunk it died in, asks for all of
that chunk again, and ends like an undisturbed one.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import filelock
import msgspec

from clue_lib import digests
from clue_lib.errors import StoreError
from clue_lib.models.recording import ABOUT_FILE, ANSWERS_FILE, Recording
from clue_lib.types import PRIVATE_TIERS, Generation, Tier, withheld


@withheld
class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line: the answer to the question `key`, number `index` of the `size` answers of its chunk.

    `tier` says under which terms the data may be used, and so the answer. `checksum` is of all the rest.
    """

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
    """The stored answers of one model under one engine, in `folder`. Hold `lock` to append or repair."""

    def __init__(self, root: Path, about: Recording, *, tier: Tier = "bundled") -> None:
        """Make the folder below `root`. `tier` is that of the data whose answers are appended.

        Its name is a digest of the model's content and of the engine: the same weights under the same engine find their
        answers again whatever the model is called. Raises StoreError where the folder can't be written to.
        """
        content = {"identity": about.identity, "engine": about.engine}
        self.folder = root / digests.of_value(content)[:24]
        self.path = self.folder / ANSWERS_FILE
        self.tier = tier
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ABOUT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(about)) + b"\n")
        except OSError as error:
            advice = _BESIDE_DATA if tier in PRIVATE_TIERS else "name a writable folder with --store"
            raise StoreError(f"{self.folder}: {error.strerror}; {advice}") from error
        self.lock = filelock.FileLock(self.folder / "lock")

    def load(self) -> dict[str, Generation]:
        """Every answer of every whole chunk, by key."""
        return read_generations(self.path)

    def repair(self) -> int:
        """Cut off what an interrupted run left behind its last whole chunk; returns how many bytes that was."""
        if not self.path.exists():
            return 0
        _, end = _read(self.path)
        n_torn = self.path.stat().st_size - end
        if n_torn:
            os.truncate(self.path, end)
        return n_torn

    def append(self, answers: Sequence[tuple[str, Generation]]) -> None:
        """Add one chunk, as (key, answer), and force it to disk. Raises StoreError."""
        lines = []
        for index, (key, generation) in enumerate(answers):
            record = Record(key=key, index=index, size=len(answers), tier=self.tier, generation=generation)
            lines.append(msgspec.json.encode(record.sealed()) + b"\n")
        try:
            with self.path.open("ab") as file:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"{self.path}: {error.strerror}; free space or name another folder with --store"
            ) from error


def read_generations(path: Path) -> dict[str, Generation]:
    """Every answer of every whole chunk of the file, by key; empty where there is no file. Raises StoreError."""
    answers, _ = _read(path)
    return answers


def _read(path: Path) -> tuple[dict[str, Generation], int]:
    """The answers of whole chunks, and the offset at which the last of them ends."""
    answers: dict[str, Generation] = {}
    chunk: list[Record] = []
    offset = end = 0
    for line in _lines(path):
        offset += len(line)
        record = _decode(line)
        if record is None or record.index == 0:
            chunk = []  # whatever was read of an unfinished chunk does not count
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
    """The line's record; None where the line is damaged or cut short."""
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record if record.is_intact() and line.endswith(b"\n") else None
