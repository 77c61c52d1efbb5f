"""Snapshots: what one revision of a model put out on a task, recorded and compared with another recording."""

from clue_lib.snapshots.diff import DRIFT, CodeChange, Difference, Tolerance, difference, obstacle
from clue_lib.snapshots.files import decode, encode, find, folder_name, is_recorded, path_in, read, unused
from clue_lib.snapshots.record import (
    COUNTERS,
    KINDS,
    TEST_PROPERTY,
    WATCHED,
    Count,
    Letter,
    Origin,
    Snapshot,
    take,
)
from clue_lib.snapshots.rendering import NO_TITLE, as_markdown, headline, lines, public_lines

__all__ = [
    "COUNTERS",
    "DRIFT",
    "KINDS",
    "NO_TITLE",
    "TEST_PROPERTY",
    "WATCHED",
    "CodeChange",
    "Count",
    "Difference",
    "Letter",
    "Origin",
    "Snapshot",
    "Tolerance",
    "as_markdown",
    "decode",
    "difference",
    "encode",
    "find",
    "folder_name",
    "headline",
    "is_recorded",
    "lines",
    "obstacle",
    "path_in",
    "public_lines",
    "read",
    "take",
    "unused",
]
