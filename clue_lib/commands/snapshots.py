"""`snapshots diff`: what two recordings of a model's outputs have different."""

import argparse
import os
from pathlib import Path

from clue_lib import snapshots
from clue_lib.errors import ReportError
from clue_lib.snapshots import Difference, Snapshot
from clue_lib.text import markdown, printable


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    group = commands.add_parser("snapshots")
    diff = group.add_subparsers(required=True, metavar="command").add_parser(
        "diff", help="say which codes are new, lost or invalid, letter by letter, and which counts went up or down"
    )
    diff.add_argument(
        "old", metavar="OLD", type=Path, help="a snapshot's file, or the folder of a revision's snapshots"
    )
    diff.add_argument("new", metavar="NEW", type=Path, help="another one, to be compared with it")
    diff.add_argument("--markdown", action="store_true", help="for a pull request instead of a terminal")
    diff.set_defaults(run=show)


def show(given: argparse.Namespace) -> int:
    """Print what is different, task by task. Raises ReportError where there is nothing to compare."""
    parts = [_shown(snapshots.difference(old, new), given.markdown) for old, new in _pairs(given.old, given.new)]
    if os.path.isdir(given.old):
        alone = _names(given.old) ^ _names(given.new)
        parts += [printable(f"{name}: in one of the folders only") for name in sorted(alone)]
    print("\n\n".join(parts) if given.markdown else "\n".join(parts))
    return 0


def _pairs(old: Path, new: Path) -> list[tuple[Snapshot, Snapshot]]:
    if os.path.isdir(old) != os.path.isdir(new):
        raise ReportError(f"snapshots diff {old} {new}: name two files or two folders")
    if not os.path.isdir(old):
        return [(snapshots.read(old), snapshots.read(new))]
    names = sorted(_names(old) & _names(new))
    if not names:
        raise ReportError(f"snapshots diff {old} {new}: no snapshot of one task and engine lies in both")
    return [(snapshots.read(old / name), snapshots.read(new / name)) for name in names]


def _names(folder: Path) -> set[str]:
    """The snapshots' file names in a folder."""
    return {path.name for path in folder.glob("*.json")}


def _shown(difference: Difference, in_markdown: bool) -> str:
    notes = _notes(difference)
    if in_markdown:
        return "\n\n".join([snapshots.as_markdown(difference), *map(markdown, notes)])
    return "\n".join([*snapshots.public_lines(difference), *(f"  {printable(note)}" for note in notes)])


def _notes(difference: Difference) -> list[str]:
    """What besides the outputs is not the same; a comparison across tasks, data or questions says little."""
    old, new = difference.origins
    others = [name for name in snapshots.obstacle(old, new).split(", ") if name]
    if old.engine != new.engine:
        others.append("engine")
    return [f"not the same: {', '.join(others)}"] if others else []
