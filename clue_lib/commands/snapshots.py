"""`snapshots diff`: what two recordings of a model's outputs have different."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clue_lib import snapshots
from clue_lib.errors import ReportError
from clue_lib.snapshots import Snapshot
from clue_lib.snapshots.diff import Difference, as_markdown, difference, lines, obstacle
from clue_lib.text import markdown, printable


def add(commands: Any) -> None:
    """Add the command."""
    group = commands.add_parser("snapshots", help="compare recorded ICD-10 codes and hallucination counts")
    diff = group.add_subparsers(required=True, metavar="command").add_parser(
        "diff", help="say which codes are new, lost or invalid, letter by letter, and which counts went up or down"
    )
    diff.add_argument(
        "old", metavar="OLD", type=Path, help="a snapshot's file, or the folder of a revision's snapshots"
    )
    diff.add_argument("new", metavar="NEW", type=Path, help="another one, to be held against it")
    diff.add_argument("--markdown", action="store_true", help="for a pull request instead of a terminal")
    diff.set_defaults(run=show)


def show(given: argparse.Namespace) -> int:
    """Print what is different, task by task. Raises ReportError where there is nothing to compare."""
    pairs = _pairs(given.old, given.new)
    told = [_told(*pair, in_markdown=given.markdown) for pair in pairs]
    if os.path.isdir(given.old):
        alone = {path.name for path in given.old.glob("*.json")} ^ {path.name for path in given.new.glob("*.json")}
        told += [printable(f"{name}: in one of the folders only") for name in sorted(alone)]
    print("\n\n".join(told) if given.markdown else "\n".join(told))
    return 0


def _pairs(old: Path, new: Path) -> list[tuple[Snapshot, Snapshot]]:
    if os.path.isdir(old) != os.path.isdir(new):
        raise ReportError(f"snapshots diff {old} {new}: name two files or two folders")
    if not os.path.isdir(old):
        return [(snapshots.read(old), snapshots.read(new))]
    names = sorted({path.name for path in old.glob("*.json")} & {path.name for path in new.glob("*.json")})
    if not names:
        raise ReportError(f"snapshots diff {old} {new}: no snapshot of one task and engine lies in both")
    return [(snapshots.read(old / name), snapshots.read(new / name)) for name in names]


def _told(old: Snapshot, new: Snapshot, *, in_markdown: bool) -> str:
    found = difference(old, new)
    notes = _notes(found)
    if in_markdown:
        return "\n\n".join([as_markdown(found), *map(markdown, notes)])
    return "\n".join([*lines(found), *(f"  {printable(note)}" for note in notes)])


def _notes(found: Difference) -> Sequence[str]:
    """What besides the outputs is not the same; a comparison across tasks, data or questions says little."""
    old, new = found.origins
    other = [name for name in obstacle(old, new).split(", ") if name]
    other += ["engine"] if old.engine != new.engine else []
    return [f"not the same: {', '.join(other)}"] if other else []
