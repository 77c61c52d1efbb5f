"""A file of stored answers: one line of JSON each, in whole chunks, every line with a checksum.

The checksum covers whose answers these are and what else the engine answered in the same call. A line that was copied
from another model's file is none of this one's, and lines of two chunks make no whole one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.errors import StoreError
from clue_lib.models.recording import ANSWERS_FILE, Recording
from clue_lib.types import Generation, Tier, withheld


@withheld
class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line: the answer to the question `key`, number `index` of the `size` answers of its chunk.

    `chunk` is a digest of all questions and answers of the chunk. `tier` says under which terms the data may be used,
    and so the answer. `checksum` is of all the rest, and of the partition's name.
    """

    key: str
    chunk: str
    index: int
    size: int
    tier: Tier
    generation: Generation
    checksum: str = ""

    def sealed(self, partition: str) -> "Record":
        """The record with its checksum, as one of that partition's."""
        return msgspec.structs.replace(self, checksum=self._sum(partition))

    def is_intact(self, partition: str) -> bool:
        """Whether the checksum agrees with the rest, and the partition's name."""
        return self.checksum == self._sum(partition)

    def _sum(self, partition: str) -> str:
        covered = (partition, self.chunk, self.key, self.index, self.size, self.tier, self.generation)
        return digests.of_value(covered)[:16]


def partition_name(about: Recording) -> str:
    """The name of the folder for the answers of that model, by its content, under that engine.

    Whatever a copy of that folder is called, what its about.json says gives the name again.
    """
    return digests.of_value({"identity": about.identity, "engine": about.engine})[:24]


def chunk_lines(answers: Sequence[tuple[str, Generation]], *, tier: Tier, partition: str) -> Iterator[bytes]:
    """The lines of one chunk of the partition, for its (key, answer)s in their order."""
    chunk = digests.of_value(answers)[:16]
    for index, (key, generation) in enumerate(answers):
        record = Record(key=key, chunk=chunk, index=index, size=len(answers), tier=tier, generation=generation)
        yield msgspec.json.encode(record.sealed(partition)) + b"\n"


@withheld
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scan:
    """What a file of answers holds, all of it read.

    `answers` are those of whole chunks, by key; `tiers` is whose data they are to. `chunks` says where these stand in
    the file, from byte to byte: what lies between is of no use. `damaged` are the numbers of lines, from 1, that are
    not what was written; `size` is the file's, in bytes.
    """

    answers: dict[str, Generation]
    tiers: frozenset[Tier]
    chunks: tuple[tuple[int, int], ...]
    damaged: tuple[int, ...]
    size: int

    @property
    def end(self) -> int:
        """Where the last whole chunk ends."""
        return self.chunks[-1][1] if self.chunks else 0

    @property
    def n_waste(self) -> int:
        """Bytes that belong to no whole chunk."""
        return self.size - sum(end - start for start, end in self.chunks)


def scan(path: Path, partition: str) -> Scan:
    """Read all of the file as that partition's; nothing where there is none. Raises StoreError.

    A line of another partition, or of an earlier format, counts as damaged.
    """
    answers: dict[str, Generation] = {}
    tiers: set[Tier] = set()
    chunks: list[tuple[int, int]] = []
    damaged: list[int] = []
    chunk: list[Record] = []
    start = offset = 0
    for number, line in enumerate(_lines(path), 1):
        begin, offset = offset, offset + len(line)
        record = _decode(line, partition)
        if record is None and line.endswith(b"\n"):
            damaged.append(number)  # one without an end was cut short by whatever ended the run
        if record is None or record.index == 0:
            chunk, start = [], begin  # whatever was read of an unfinished chunk does not count
        if record is None or not _continues(chunk, record):
            continue
        chunk.append(record)
        if len(chunk) == record.size:
            answers |= {whole.key: whole.generation for whole in chunk}
            tiers |= {whole.tier for whole in chunk}
            chunks.append((start, offset))
            chunk = []
    return Scan(answers=answers, tiers=frozenset(tiers), chunks=tuple(chunks), damaged=tuple(damaged), size=offset)


def records(lines: bytes, partition: str) -> Iterator[tuple[str, Generation]]:
    """Key and answer of each whole line, as one of that partition's; damaged ones are left out."""
    for line in lines.splitlines(keepends=True):
        record = _decode(line, partition)
        if record is not None:
            yield record.key, record.generation


def read_generations(folder: Path, about: Recording) -> dict[str, Generation]:
    """Every answer of every whole chunk in the folder, by key; `about` is what its about.json says.

    Empty where there is no file of answers. Raises StoreError.
    """
    return scan(folder / ANSWERS_FILE, partition_name(about)).answers


def _continues(chunk: Sequence[Record], record: Record) -> bool:
    """Whether the record is the next of those, which begin a chunk: of the same one, also where lines are lost."""
    is_next = record.index == len(chunk)
    return is_next and all((each.chunk, each.size) == (record.chunk, record.size) for each in chunk[:1])


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; make it readable or name another folder with --store") from error


def _decode(line: bytes, partition: str) -> Record | None:
    """The line's record; None where the line is damaged or cut short, or is none of this partition's."""
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record if record.is_intact(partition) and line.endswith(b"\n") else None
