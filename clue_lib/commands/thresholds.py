"""`thresholds check` says whether a file is sound, `init` writes the suite's own to edit, `explain` says its worth."""

import argparse
import shutil
from pathlib import Path

from clue_lib import shipped
from clue_lib.commands import thresholds_explained, thresholds_text
from clue_lib.errors import ThresholdsError
from clue_lib.judging import thresholds_file
from clue_lib.report.columns import wrapped
from clue_lib.text import printable


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the group to the program's commands."""
    group = commands.add_parser("thresholds")
    verbs = group.add_subparsers(required=True, metavar="check|init|explain")
    checking = verbs.add_parser("check", help="say whether the file is sound, and what it gates")
    checking.add_argument("file", nargs="?", type=Path, metavar="FILE", help=thresholds_file.HELP)
    checking.set_defaults(run=check)
    writing = verbs.add_parser("init", help="write a copy of the suite's own file, to be edited")
    default = Path(thresholds_file.NAME)
    writing.add_argument("file", nargs="?", type=Path, metavar="FILE", default=default, help=f"default: {default}")
    writing.set_defaults(run=init)
    explaining = verbs.add_parser(
        "explain", help="per gate: margin and its reason, skill kept, MDE, how often models fail"
    )
    explaining.add_argument("file", nargs="?", type=Path, metavar="FILE", help=thresholds_file.HELP)
    thresholds_explained.add_options(explaining)
    explaining.set_defaults(run=explain)


def check(given: argparse.Namespace) -> int:
    """Print how many gates of each role the file has, and its waivers. Raises ThresholdsError where it is not sound."""
    read = thresholds_file.load(given.file)
    roles = {role: sum(gate.role == role for gate in read.gates) for role in ("primary", "gate", "monitor")}
    counts = ", ".join(f"{n} {role}" for role, n in roles.items())
    print(f"{printable(read.file)}: sound, digest {read.digest[:12]}: {counts}")
    for waiver in read.waivers:
        print(printable(waiver.line))
    return 0


def explain(given: argparse.Namespace) -> int:
    """Print what each margin is worth on this data; no engine starts. Raises ClueError."""
    read = thresholds_file.load(given.file)
    found = thresholds_explained.explained(read, given)
    columns = shutil.get_terminal_size((100, 24)).columns
    print("\n".join(wrapped(f"{read.file}, profile {given.profile}", columns)) + "\n")
    print("\n".join(thresholds_text.lines(found, columns, has_baseline=given.baseline is not None)))
    return 0


def init(given: argparse.Namespace) -> int:
    """Write the copy and say what to do with it. Raises ThresholdsError where there is a file, or none can be."""
    content = shipped.path(thresholds_file.NAME).read_bytes()
    try:
        with given.file.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise ThresholdsError(f"{given.file}: there is such a file already; edit that one, or name another") from None
    except OSError as error:
        raise ThresholdsError(f"{given.file}: {error.strerror}; name a file in a writable folder") from error
    name = printable(str(given.file))
    is_found = given.file == Path(thresholds_file.NAME)
    use = "a run in this folder goes by it" if is_found else f"a run goes by it with --thresholds={name}"
    print(f"{name}: written; {use}. Edit margins and roles, then `thresholds check {name}`")
    return 0
