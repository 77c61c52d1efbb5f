"""`store verify|prune|export|import`: what the stored answers are, whether they are whole, and how they travel."""

import argparse
import datetime
import time
from pathlib import Path

from tabulate import tabulate

from clue_lib import engines
from clue_lib.engines import store_archive, store_keeping, store_merging
from clue_lib.engines.store_keeping import Held
from clue_lib.errors import OptionError, StoreError
from clue_lib.exits import ExitCode
from clue_lib.text import printable, shorten

DAY = 24 * 3600
WIDTH = 40
"""Characters of a model's name or an engine in a table."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands with argparse's subparsers."""
    group = commands.add_parser("store")
    actions = group.add_subparsers(required=True, metavar="command")
    verifying = actions.add_parser("verify", help="read every file and say which are damaged; 1 where one is")
    verifying.set_defaults(run=verify)
    pruning = actions.add_parser("prune", help="remove answers that are old, or of models that you don't name")
    pruning.add_argument("--older-than", metavar="DAYS", type=float, help="only those to which so long none was added")
    pruning.add_argument(
        "--keep", metavar="NAME", action="append", default=[], help="a model or folder that stays; may be repeated"
    )
    pruning.add_argument("--dry-run", action="store_true", help="only say what would go")
    pruning.set_defaults(run=prune)
    exporting = actions.add_parser("export", help="write one model's answers to one file, with their digests")
    exporting.add_argument("name", metavar="NAME", help="a model's name, or the name of its folder in the store")
    exporting.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to: baseline.tar.gz, say")
    exporting.set_defaults(run=export)
    importing = actions.add_parser("import", help="check such files, or other stores, and put their answers in")
    importing.add_argument("file", metavar="FILE|STORE", type=Path, nargs="+", help="a file of `export`, or a store")
    importing.set_defaults(run=import_)
    for action in (verifying, pruning, exporting, importing):
        action.add_argument("--store", metavar="DIR", type=Path, help="default: the user's cache, as for a run")


def verify(given: argparse.Namespace) -> int:
    """Print what the store holds and what of it is damaged. Raises StoreError where it can't be read at all."""
    root = _root(given)
    partitions = list(store_keeping.held(root))
    print(_table(partitions) if partitions else f"{root}: no stored answers")
    problems = [problem for one in partitions for problem in one.problems] + store_keeping.common_problems(root)
    for problem in problems:
        print(f"damaged: {printable(problem)}")
    n_answers = sum(one.n_answers for one in partitions)
    print(f"{n_answers:,} answers in {len(partitions)} folders read, {len(problems)} problems")
    return ExitCode.NOT_PASSED if problems else ExitCode.PASSED


def prune(given: argparse.Namespace) -> int:
    """Remove what is old and not kept, or say what that would be. Raises OptionError and StoreError."""
    if given.older_than is None and not given.keep:
        raise OptionError("store prune: say what may go, with --older-than DAYS, or what stays, with --keep NAME")
    root = _root(given)
    partitions = list(store_keeping.held(root))
    known = {name for one in partitions for name in (one.model, one.folder.name)}
    if unknown := next((name for name in given.keep if name not in known), None):
        raise OptionError(f"--keep={unknown}: no answers of that name in {root}; see `store verify`")
    before = None if given.older_than is None else time.time() - given.older_than * DAY
    going = store_keeping.old(partitions, before=before, keep=given.keep)
    parts = store_keeping.leftovers(root)
    if going:
        print(_table(going))
    n_bytes = sum(one.size for one in going) + sum(path.stat().st_size for path in parts)
    counted = f"{len(going)} folders and {len(parts)} unfinished files, {n_bytes / 1e6:.1f} MB"
    if given.dry_run:
        print(f"would go: {counted}; nothing was removed")
        return ExitCode.PASSED
    in_use = [one for one in going if not store_keeping.remove(one.folder)]
    for path in parts:
        path.unlink(missing_ok=True)
    for one in in_use:
        print(f"stays: {one.folder}, to which a run is adding")
    print(f"removed: {counted}" if not in_use else f"removed: all but {len(in_use)} of {counted}")
    return ExitCode.PASSED


def export(given: argparse.Namespace) -> int:
    """Write the archive. Raises StoreError."""
    root = _root(given)
    named = [one for one in store_keeping.held(root) if given.name in (one.model, one.folder.name)]
    if not named:
        raise StoreError(f"{root}: no answers of {given.name}; see `store verify` for what it holds")
    if len(named) > 1:
        folders = ", ".join(one.folder.name for one in named)
        raise StoreError(
            f"{given.name} has answered under {len(named)} engines or revisions; name one folder: {folders}"
        )
    manifest = store_archive.export(named[0].folder, given.out)
    print(f"{named[0].n_answers:,} answers of {printable(named[0].model)} in {given.out}")
    for name, part in manifest.parts.items():
        print(f"  {part.sha256}  {name}")
    return ExitCode.PASSED


def import_(given: argparse.Namespace) -> int:
    """Check each archive or store and put it into the store. Raises StoreError."""
    root = _root(given)
    for path in given.file:
        if path.is_dir():
            n_folders, n_new = store_merging.merge_store(path, root)
            print(f"imported {n_new:,} new answers of {n_folders} folders of {path} into {root}")
        else:
            print(f"imported into {store_archive.import_(path, root)}")
    return ExitCode.PASSED


def _root(given: argparse.Namespace) -> Path:
    return engines.store_folder(given.store)


def _table(partitions: list[Held]) -> str:
    rows = [
        (
            one.folder.name,
            shorten(one.model, WIDTH) or "?",
            f"{one.n_answers:,}",
            ", ".join(sorted(one.tiers)),
            datetime.date.fromtimestamp(one.written).isoformat(),
            f"{one.size / 1e6:.1f} MB",
            "damaged" if one.problems else "",
        )
        for one in partitions
    ]
    headers = ("folder", "model", "answers", "data", "last written", "size", "")
    return tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True, colalign=("left", "left", "right"))
