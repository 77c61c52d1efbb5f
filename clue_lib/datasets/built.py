"""What a builder gives: records of a data set made from the user's own files, and what it left out."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from clue_lib.types import withheld


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A data set's records in their order, and how much was left out for which reason (none with a count of 0)."""

    records: tuple[Mapping[str, object], ...]
    dropped: Mapping[str, int]

    @property
    def lines(self) -> bytes:
        """The records as JSON Lines."""
        return b"".join(msgspec.json.encode(record) + b"\n" for record in self.records)
