"""What a run leaves: its report folder, and on request a full report beside data that may not leave their place."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from clue_lib.errors import OptionError
from clue_lib.producer import LOG_FILE
from clue_lib.report import cli, document, examples, gate_json, github
from clue_lib.report.document import EXAMPLES_FILE, GATE_FILE, PAGES
from clue_lib.run_info import RunInfo
from clue_lib.runner import GateRun
from clue_lib.types import PRIVATE_TIERS
from clue_lib.verdict import Verdict


def make_folder(folder: Path) -> None:
    """The folder for reports, made before anything is spent. Raises OptionError where that can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"--report-dir={folder}: {error.strerror}; name a writable folder") from error


def files(folder: Path) -> set[str]:
    """The names of what lies in the folder; none where it can't be read."""
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def clear(folder: Path) -> None:
    """Remove an earlier run's reports: whatever becomes of this one, they must not be taken for its own."""
    for name in (GATE_FILE, EXAMPLES_FILE, *PAGES, LOG_FILE):
        with contextlib.suppress(OSError):  # where none can be removed none can be written, which is told then
            (folder / name).unlink()


def write_examples(run: GateRun) -> None:
    """The table of all examples, without text or raw ids of private data. Raises ClueError."""
    key = examples.make_key(platformdirs.user_data_path("clue-gate"))
    examples.write(examples.table(run.pairs.values(), key=key), run.settings.report_dir / EXAMPLES_FILE)


def write_private(run: GateRun) -> list[Path]:
    """The full report of each folder of private data, beside it; where these reports lie. Raises ClueError."""
    written = []
    private = {name: planned.source.path.parent for name, planned in run.plan.items() if _is_private(run, name)}
    for folder in sorted(set(private.values())):
        target = folder / ".clue-gate" / "report"
        tasks = [name for name in run.pairs if private.get(name) == folder]
        found = [verdict for verdict in run.verdicts.values() if verdict.gate.task in tasks]
        examples.write(
            examples.table([run.pairs[name] for name in tasks], key=b"", private=True), target / EXAMPLES_FILE
        )
        gate_json.write(target / GATE_FILE, run.info, found)
        written.append(cli.write(target, document.of_run(run.info, found))[0])
    return written


def write_pages(folder: Path, info: RunInfo, verdicts: Sequence[Verdict]) -> list[str]:
    """report.html and report.md from what lies in the folder, and GitHub's summary; annotations to print, if any.

    Raises ClueError.
    """
    found = document.of_run(info, verdicts)
    changed = github.thresholds_note(found, os.environ)
    _, summary = cli.write(folder, found, notes=(changed,) if changed else ())
    github.add_summary(summary.read_text(encoding="utf-8"), os.environ)
    return github.annotations(found, os.environ)


def _is_private(run: GateRun, task: str) -> bool:
    return run.plan[task].source.tier in PRIVATE_TIERS
