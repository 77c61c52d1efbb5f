"""What a run leaves: its report folder, and on request a full report beside data that may not leave their place."""

import contextlib
import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from clue_lib import engines, sealed
from clue_lib.datasets import Source, private
from clue_lib.errors import ClueError, OptionError, ReportError
from clue_lib.judging import Verdict
from clue_lib.report import examples, gate_json, github
from clue_lib.report.document import Document, of_run
from clue_lib.report.file_names import CODE_QUALITY_FILE, EXAMPLES_FILE, GATE_FILE, METRICS_FILE, PAGES
from clue_lib.report.worst_slices import worst_slices
from clue_lib.types import LOG_FILE, RunInfo, TaskRun

if TYPE_CHECKING:
    from pandas import DataFrame

Pairs = Mapping[str, tuple[TaskRun, TaskRun]]
"""Baseline and candidate run by task."""


def make_folder(folder: Path) -> None:
    """The folder for reports, made before anything is spent. Raises OptionError where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"--report-dir={folder}: {error.strerror}; name a writable folder") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OptionError(f"--report-dir={folder}: it can't be written to; name a writable folder")


def files(folder: Path) -> set[str]:
    """The names of the files in the folder; none where it can't be read."""
    try:
        return {path.name for path in folder.iterdir() if path.is_file()}
    except OSError:
        return set()


def clear(folder: Path) -> None:
    """Remove an earlier run's reports: whatever becomes of this one, they must not be taken for its own."""
    others = (CODE_QUALITY_FILE, METRICS_FILE, LOG_FILE, engines.FAILURE_FILE)
    for name in (GATE_FILE, EXAMPLES_FILE, *PAGES, *others):
        with contextlib.suppress(OSError):  # where none can be removed none can be written, which is told then
            (folder / name).unlink()


def examples_table(pairs: Pairs) -> "DataFrame":
    """The table of all examples, without text or raw ids of private data. Raises StoreError."""
    key = private.make_key(platformdirs.user_data_path("clue-gate"))
    return examples.table(pairs.values(), key=key)


def write_examples(folder: Path, pairs: Pairs) -> None:
    """Write `examples_table` into the folder. Raises ClueError."""
    examples.write(examples_table(pairs), folder / EXAMPLES_FILE)


def write_all(folder: Path, document: Document, pairs: Pairs) -> Path:
    """Everything that a run leaves; where its page lies. Raises ClueError."""
    write_examples(folder, pairs)
    document = with_slices(folder, document)
    gate_json.write(folder / GATE_FILE, document)
    page, _ = write(folder, document)
    return page


def with_slices(folder: Path, document: Document) -> Document:
    """The document with the groups that lost most by the folder's table of examples; as it is where there is none.

    Neither is there any where the table can't be read: whoever writes the pages is told why, and the verdict stands.
    """
    try:
        frame = _frame(folder / EXAMPLES_FILE, document)
    except (ClueError, OSError):
        return document
    if frame is None:
        return document
    gates = [verdict.gate for verdict in document.verdicts]
    return dataclasses.replace(document, worst_slices=worst_slices(frame, gates))


def write_private(
    info: RunInfo, verdicts: Sequence[Verdict], pairs: Pairs, sources: Mapping[str, Source]
) -> list[Path]:
    """The full report of each folder of private data, beside it; where these reports lie. Raises ClueError.

    `pairs` and `sources` are by task.
    """
    by_folder: dict[Path, list[str]] = {}
    for task in pairs:
        if private.is_private(sources[task]):
            by_folder.setdefault(private.folder_beside(sources[task]), []).append(task)
    written = []
    for beside, tasks in sorted(by_folder.items()):
        target = beside / "report"
        of_tasks = of_run(info, [verdict for verdict in verdicts if verdict.gate.task in tasks])
        table = examples.table([pairs[task] for task in tasks], key=b"", private=True)
        examples.write(table, target / EXAMPLES_FILE)
        of_tasks = with_slices(target, of_tasks)
        gate_json.write(target / GATE_FILE, of_tasks)
        page, _ = write(target, of_tasks)
        written.append(page)
    return written


def write_pages(folder: Path, document: Document) -> list[str]:
    """report.html and report.md from what lies in the folder, and GitHub's summary; annotations to print, if any.

    Raises ClueError.
    """
    changed = github.thresholds_note(document, os.environ)
    _, summary = write(folder, document, notes=(changed,) if changed else ())
    github.add_summary(summary.read_text(encoding="utf-8"), os.environ)
    return github.annotations(document, os.environ)


def write(folder: Path, document: Document, *, notes: tuple[str, ...] = ()) -> tuple[Path, Path]:
    """Render report.html and report.md into the folder, beside gate.json and, where there is one, examples.parquet.

    `notes` come first, before the waivers. Raises ReportError where the table can't be read, StoreError where the
    folder can't be written to.
    """
    from clue_lib.report import html, markdown

    frame = _frame(folder / EXAMPLES_FILE, document)
    notes = (*notes, *(waiver.line for waiver in document.run.waivers))
    page, summary = (folder / name for name in PAGES)
    sealed.put(page, html.render(document, frame, notes=notes).encode())
    sealed.put(summary, markdown.render(document, frame, notes=notes).encode())
    return page, summary


def _frame(path: Path, document: Document) -> "DataFrame | None":
    """The table of examples, None where there is none. Raises ReportError where it can't be this run's."""
    if not path.exists():
        return None
    frame = examples.read(path)
    if lacking := _lacks(frame, document):
        raise ReportError(f"{path}: no column {lacking}, which {GATE_FILE} judged; it is of another run: remove it")
    return frame


def _lacks(frame: "DataFrame", document: Document) -> str | None:
    """The first column that a judged gate of the table's tasks needs and the table has not."""
    tasks = set(frame["task"])
    judged = [verdict.gate for verdict in document.verdicts if verdict.comparison is not None]
    needed = [f"baseline.{gate.metric}" for gate in judged if gate.task in tasks]
    return next((name for name in needed if name not in frame), None)
