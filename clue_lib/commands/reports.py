"""`python -m clue_lib report|compare|verdict`: what a finished run's report folder can be asked."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from clue_lib.errors import ReportError
from clue_lib.exits import ExitCode
from clue_lib.judging import ruling
from clue_lib.report import GATE_FILE, Document, folder, github, read, recomputing, side_by_side
from clue_lib.text import printable


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the three commands with argparse's subparsers."""
    rendering = commands.add_parser("report")
    rendering.add_argument("run_folder", metavar="RUN", type=Path)
    rendering.add_argument("--base-thresholds", type=Path, help="the base branch's thresholds file")
    rendering.set_defaults(run=report)
    comparing = commands.add_parser("compare")
    comparing.add_argument("run_folders", metavar="RUN", type=Path, nargs="+")
    comparing.set_defaults(run=compare)
    judging = commands.add_parser("verdict")
    default = Path("gate-report") / GATE_FILE
    judging.add_argument("file", metavar=GATE_FILE, type=Path, nargs="?", default=default, help=f"default: {default}")
    judging.set_defaults(run=verdict)


def report(given: argparse.Namespace) -> int:
    """Write both reports into the folder. Raises ReportError or StoreError."""
    document = read(given.run_folder)
    place = given.run_folder if given.run_folder.is_dir() else given.run_folder.parent
    note = github.thresholds_note(document, os.environ, given.base_thresholds)
    for path in folder.write(place, document, notes=(note,) if note else ()):
        print(path)
    return 0


def compare(given: argparse.Namespace) -> int:
    """Print the candidates side by side. Raises ReportError where they were judged under other settings."""
    documents = comparable("compare", given.run_folders)
    print(side_by_side.render(documents))
    return 0


def comparable(command: str, folders: Sequence[Path]) -> dict[Path, Document]:
    """The runs by folder, in the order given. Raises ReportError unless two or more were judged alike."""
    if len(folders) < 2:
        raise ReportError(f"{command} {folders[0]}: one run alone; name at least two report folders")
    documents = {path: read(path) for path in folders}
    if twice := next((path for path in documents if folders.count(path) > 1), None):
        raise ReportError(f"{command} {twice}: named twice; name each report folder once")
    side_by_side.check_comparable(documents)
    return documents


def verdict(given: argparse.Namespace) -> int:
    """Print the headline; the exit code is by the gates, not by what stands above them.

    Raises ReportError where the one does not follow from the other.
    """
    document = read(given.file)
    if wrong := recomputing.disagreements(document):
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise ReportError(f"{given.file}: {wrong[0]}{more}; it was changed or damaged: run the gate again")
    try:
        print(printable(document.title), flush=True)
    except BrokenPipeError:  # the exit code counts, whoever reads
        stop_output()
    return ExitCode.PASSED if ruling.passed(document.run, document.verdicts) else ExitCode.NOT_PASSED


def stop_output() -> None:
    """After whoever read standard output, `head` say, has seen enough; else Python complains as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
