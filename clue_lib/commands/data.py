"""`python -m clue_lib data …`: the options of its commands, each run by a module that is imported when it is called."""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path

Command = Callable[[argparse.Namespace], int]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the group to the program's commands; `run` of what is parsed takes it and returns the exit code."""
    group = commands.add_parser("data", help="find, fetch, check and build the tasks' data")
    verbs = group.add_subparsers(required=True, metavar="status|fetch|verify|build")
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
    build = verbs.add_parser("build", help="make a credentialed task's data from MIMIC-IV")
    _add_builders(build.add_subparsers(required=True, metavar="medisumcode|medisumqa"))


def _add_builders(builders: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    code = builders.add_parser("medisumcode", help="discharge letters and their ICD-10-CM codes")
    _runs(code, "building", "medisumcode")
    pairs = builders.add_parser("medisumqa", help="discharge letters and a model's questions and answers about them")
    _runs(pairs, "building", "medisumqa")
    for builder, unit in ((code, "letters"), (pairs, "pairs")):
        builder.add_argument("--mimic", type=Path, metavar="DIR", required=True, help="folder of MIMIC-IV's files")
        builder.add_argument("--out", type=Path, metavar="DIR", required=True, help="folder to put the result in")
        builder.add_argument("--n", type=_count, default=500, help=f"{unit} to keep; default 500")
        builder.add_argument("--seed", type=int, default=0, help="draws the letters; default 0")
    pairs.add_argument("--letters", type=_count, default=4000, metavar="N", help="to write pairs from; default 4000")
    pairs.add_argument("--model", required=True, metavar="NAME", help="writes the pairs; named as for pytest --model")
    pairs.add_argument("--backend", default="auto", help="auto, vllm, transformers or scripted")
    pairs.add_argument("--engine-arg", action="append", default=[], metavar="NAME=VALUE", help="passed to the engine")


def _runs(parser: argparse.ArgumentParser, module: str, function: str) -> None:
    def run(given: argparse.Namespace) -> int:
        command: Command = getattr(importlib.import_module(f"clue_lib.commands.{module}"), function)
        return command(given)

    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)
