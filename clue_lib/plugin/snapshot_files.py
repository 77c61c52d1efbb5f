"""Snapshots in syrupy's terms: it compares and writes them, in files that `clue_lib.snapshots` defines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollection, SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension

from clue_lib import owner_only, snapshots
from clue_lib.errors import ReportError


def recorded_at(path: Path, snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The snapshot in that file, with the options of syrupy's own fixture."""
    own = Recorded(
        session=snapshot.session,
        extension_class=JsonFile,
        test_location=snapshot.test_location,
        update_snapshots=snapshot.update_snapshots,
        update_new_snapshots_only=snapshot.update_new_snapshots_only,
    )
    return own(name=str(path))


class Recorded(SnapshotAssertion):
    """A snapshot that does not print itself: pytest shows what a failed test was given."""

    def __repr__(self) -> str:
        return "<recorded>"


class JsonFile(SingleFileSnapshotExtension):
    """One file for one snapshot, at the path that is its name."""

    file_extension = "json"

    def serialize(self, data: Any, **filters: Any) -> bytes:
        """The file's content."""
        return snapshots.encode(data).encode()

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Whether both are the same snapshot, however the file is laid out; a file that is none matches nothing."""
        try:
            return snapshots.decode(serialized_data, "received") == snapshots.decode(snapshot_data, "recorded")
        except ReportError:
            return False

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """What a reviewer has to know instead of two files."""
        change = snapshots.difference(
            snapshots.decode(snapshot_data, "recorded"), snapshots.decode(serialized_data, "received")
        )
        yield from snapshots.public_lines(change)
        yield "if that is meant: the same command with --snapshot-update records it"

    @classmethod
    def write_snapshot_collection(cls, *, snapshot_collection: SnapshotCollection, **order: Any) -> None:
        """Write it; beside data under an agreement it is its owner's alone."""
        owner_only.prepare(Path(snapshot_collection.location))
        super().write_snapshot_collection(snapshot_collection=snapshot_collection, **order)

    def discover_snapshots(self, **where: Any) -> SnapshotCollections:
        """None: syrupy would take every other model's snapshot for unused, and delete it. `SnapshotNotes` tells."""
        return SnapshotCollections()

    @classmethod
    def get_location(cls, *, test_location: Any, index: Any) -> str:
        """The path that the fixture gave as the name."""
        return str(index)

    @classmethod
    def matches_test_location(cls, *, test_location: Any, snapshot_location: str) -> bool:
        """True: the file is named by the model, not by the test."""
        return True
