"""A file of stored answers: one line of JSON each, in whole chunks, every line with a checksum."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.errors import StoreError
from clue_lib.types import Generation, Tier, withheld


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


def scan(path: Path) -> Scan:
    """Read all of the file; nothing where there is none. Raises StoreError."""
    answers: dict[str, Generation] = {}
    tiers: set[Tier] = set()
    chunks: list[tuple[int, int]] = []
    damaged: list[int] = []
    chunk: list[Record] = []
    start = offset = 0
    for number, line in enumerate(_lines(path), 1):
        begin, offset = offset, offset + len(line)
        record = _decode(line)
        if record is None and line.endswith(b"\n"):
            damaged.append(number)  # one without an end was cut short by whatever ended the run
        if record is None or record.index == 0:
            chunk, start = [], begin  # whatever was read of an unfinished chunk does not count
        if record is None or record.index != len(chunk):
            continue
        chunk.append(record)
        if len(chunk) == record.size:
            answers |= {whole.key: whole.generation for whole in chunk}
            tiers |= {whole.tier for whole in chunk}
            chunks.append((start, offset))
            chunk = []
    return Scan(answers=answers, tiers=frozenset(tiers), chunks=tuple(chunks), damaged=tuple(damaged), size=offset)


def read_generations(path: Path) -> dict[str, Generation]:
    """Every answer of every whole chunk of the file, by key; empty where there is no file. Raises StoreError."""
    return scan(path).answers


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
