"""`data status`, `data fetch` and `data verify`: the data files that the tasks read."""

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from clue_lib.datasets import BUNDLED_ROOT, Source, fetching, sources
from clue_lib.datasets.sources import Entry
from clue_lib.errors import DataError, OptionError
from clue_lib.exits import ExitCode
from clue_lib.runs.planning import PromptSettings, check_ids, plan_task
from clue_lib.tasks import TASKS
from clue_lib.text import printable

WIDTH = 46
"""Characters of a table's last column: its lines have 100 at most."""


def status(given: argparse.Namespace) -> int:
    """Print for every task which data it would read: the file, or where it can be had."""
    _check_root(given.data_root)
    rows = [_status(task, entry, given.data_root) for task, entry in sources.entries().items()]
    _print_table(("task", "tier", "data", "file, or what to do"), rows)
    return 0


def fetch(given: argparse.Namespace) -> int:
    """Download the public files of the named tasks, or of all; say of the others where their files can be had."""
    if unknown := next((task for task in given.tasks if task not in TASKS), None):
        close = difflib.get_close_matches(unknown, TASKS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the tasks are {', '.join(TASKS)}"
        raise OptionError(f"data fetch {unknown}: no such task; {hint}")
    problems = []
    for task in given.tasks or TASKS:
        try:
            print(_fetched(task, sources.entries()[task], given.data_root))
        except DataError as error:
            problems.append(f"{task}: {error}")
    return _told(problems, code=ExitCode.UNUSABLE)


def verify(given: argparse.Namespace) -> int:
    """Read every file below the root and render its prompts as a run does, compare digests, print what was read.

    What a run refuses is a problem here; what it reads over is told below the table.
    """
    _check_root(given.data_root)
    rows: list[tuple[str, int, str, str]] = []
    remarks: list[str] = []
    problems: list[str] = []
    for task in TASKS:
        try:
            if own := sources.find_real(task, given.data_root):
                row, told = _verified(task, own, given.data_root)
                rows.append(row)
                remarks += [f"{task}: {remark}" for remark in told]
        except DataError as error:
            problems.append(f"{task}: {error}")
    if not rows and not problems:
        problems.append(
            f"--data-root={given.data_root}: no task's file lies below it; `data status` says what they are"
        )
    if rows:
        _print_table(("task", "examples", "digest", "file"), rows)
    for remark in remarks:
        print(printable(remark))
    return _told(problems, code=ExitCode.NOT_PASSED)


def _status(task: str, entry: Entry, root: Path | None) -> tuple[str, str, str, str]:
    try:
        own = sources.find_real(task, root)
    except DataError as error:
        return task, entry.tier, "unreadable", str(error)
    if own and root:
        return task, entry.tier, own.label, _below(root, own.path)
    step = f"`data fetch {task}`" if entry.url else entry.obtain
    return task, entry.tier, "bundled" if (BUNDLED_ROOT / entry.bundled).is_file() else "none", step


def _fetched(task: str, entry: Entry, root: Path) -> str:
    """What was done, in a line."""
    if entry.url is None:
        return f"{task}: not public; its file comes from {entry.obtain}"
    if root.is_dir() and (own := sources.find_real(task, root)):
        fetching.check_digest(own.path, own.digest, entry.sha256)
        return f"{task}: {own.path} is there already"
    target = root / entry.files[0]
    digest = fetching.fetch(entry.url, target, official=entry.sha256, check=TASKS[task].read)
    return f"{task}: {target} fetched, digest {digest[:12]} recorded; licence: {entry.licence}; cite {entry.citation}"


def _verified(task: str, own: Source, root: Path) -> tuple[tuple[str, int, str, str], tuple[str, ...]]:
    """The task's row of the table, and what is to be told beside it."""
    check_ids(TASKS[task].read(own.path), own.path)
    is_known = fetching.check_digest(own.path, own.digest, sources.entries()[task].sha256)
    planned = plan_task(TASKS[task], PromptSettings(data_root=root))
    digest = "official" if own.official else "as recorded" if is_known else "unknown"
    return (task, planned.n_read, digest, _below(root, own.path)), planned.remarks


def _check_root(root: Path | None) -> None:
    if root is not None and not root.is_dir():
        raise OptionError(f"--data-root={root}: no such folder; check the path")


def _told(problems: Sequence[str], *, code: int) -> int:
    for problem in problems:
        print(f"error: {printable(problem)}", file=sys.stderr)
    return code if problems else 0


def _below(root: Path, path: Path) -> str:
    """The path from the root, or the name alone where that is too wide."""
    shown = printable(str(path.relative_to(root)))
    return shown if len(shown) <= WIDTH else f"…/{printable(path.name)}"


def _print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    widths = [*[None] * (len(headers) - 1), WIDTH]
    print(tabulate(rows, headers=headers, tablefmt="simple", maxcolwidths=widths, disable_numparse=True))
