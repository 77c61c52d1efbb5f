"""`python -m clue_lib data …`: the options of its commands, each run by a module that is imported when it is called."""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path

Command = Callable[[argparse.Namespace], int]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the group to the program's commands; `run` of what is parsed takes it and returns the exit code."""
    group = commands.add_parser("data", help="find, fetch and check the tasks' data")
    verbs = group.add_subparsers(required=True, metavar="status|fetch|verify")
    status = verbs.add_parser("status", help="what each task would read, and what to do about it")
    _runs(status, "files", "status")
    status.add_argument("--data-root", type=Path, metavar="DIR", help="folder below which the data files lie")
    fetch = verbs.add_parser("fetch", help="download the public files")
    _runs(fetch, "files", "fetch")
    fetch.add_argument("tasks", nargs="*", metavar="TASK", help="default: all that are public")
    fetch.add_argument("--data-root", type=Path, metavar="DIR", required=True, help="folder to put them in")
    verify = verbs.add_parser("verify", help="read every file as its task does, and check its digest")
    _runs(verify, "files", "verify")
    verify.add_argument("--data-root", type=Path, metavar="DIR", required=True, help="folder below which they lie")


def _runs(parser: argparse.ArgumentParser, module: str, function: str) -> None:
    def run(given: argparse.Namespace) -> int:
        command: Command = getattr(importlib.import_module(f"clue_lib.commands.{module}"), function)
        return command(given)

    parser.set_defaults(run=run)
