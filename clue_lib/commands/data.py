"""`clue-gate data …`: the options of its commands. What runs one is imported when it is called, for that takes long."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the group; what is parsed has a function `run`, which takes it and returns the exit code."""
    group = commands.add_parser("data")
    verbs = group.add_subparsers(required=True, metavar="status|fetch|verify|build")
    status = verbs.add_parser("status", help="tell what each task would read, and where its real file comes from")
    status.set_defaults(run=_status)
    status.add_argument("--data-root", type=Path, metavar="DIR", help="folder below which the data files lie")
    fetch = verbs.add_parser("fetch", help="download the public files")
    fetch.set_defaults(run=_fetch)
    fetch.add_argument("tasks", nargs="*", metavar="TASK", help="default: all that are public")
    fetch.add_argument("--data-root", type=Path, metavar="DIR", required=True, help="folder to put them in")
    verify = verbs.add_parser(
        "verify", help="read every file as its task does, and compare its digest with the published one"
    )
    verify.set_defaults(run=_verify)
    verify.add_argument("--data-root", type=Path, metavar="DIR", required=True, help="folder below which they lie")
    build = verbs.add_parser("build", help="make a credentialed task's data from MIMIC-IV")
    _add_builders(build.add_subparsers(required=True, metavar="medisumcode|medisumqa"))


def _add_builders(builders: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    code = builders.add_parser("medisumcode", help="discharge letters and their ICD-10-CM codes")
    code.set_defaults(run=_build_medisumcode)
    pairs = builders.add_parser("medisumqa", help="discharge letters and a model's questions and answers about them")
    pairs.set_defaults(run=_build_medisumqa)
    for builder, unit in ((code, "letters"), (pairs, "pairs")):
        builder.add_argument("--mimic", type=Path, metavar="DIR", required=True, help="folder of MIMIC-IV's files")
        builder.add_argument("--out", type=Path, metavar="DIR", required=True, help="folder to put the result in")
        builder.add_argument("--n", type=_count, default=500, help=f"how many {unit} the result holds; default 500")
        builder.add_argument("--seed", type=int, default=0, help="another number draws other letters; default 0")
    pairs.add_argument(
        "--letters", type=_count, default=4000, metavar="N", help="letters that pairs are written from; default 4000"
    )
    pairs.add_argument(
        "--model", required=True, metavar="NAME", help="writes the pairs; named as for clue-gate --model"
    )
    pairs.add_argument("--backend", default="auto", help="what answers; as for clue-gate --backend")
    pairs.add_argument("--engine-arg", action="append", default=[], metavar="NAME=VALUE", help="passed to the engine")


def _status(given: argparse.Namespace) -> int:
    from clue_lib.commands import files

    return files.status(given)


def _fetch(given: argparse.Namespace) -> int:
    from clue_lib.commands import files

    return files.fetch(given)


def _verify(given: argparse.Namespace) -> int:
    from clue_lib.commands import files

    return files.verify(given)


def _build_medisumcode(given: argparse.Namespace) -> int:
    from clue_lib.commands import building

    return building.medisumcode(given)


def _build_medisumqa(given: argparse.Namespace) -> int:
    from clue_lib.commands import building

    return building.medisumqa(given)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)
