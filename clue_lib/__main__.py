"""The program `clue-gate`, or `python -m clue_lib`: the gate where a model is named, else one of the commands.

It starts often, in scripts and to show its help: whatever is heavy is imported when the command that needs it is known.
"""

import argparse
import difflib
import importlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from clue_lib import owner_only
from clue_lib.boundary import Boundary
from clue_lib.errors import ClueError, UnforeseenError
from clue_lib.exits import ExitCode
from clue_lib.text import printable

COMMANDS: Mapping[str, str] = {
    "plan": "what a run would cost and could see, before any model loads",
    "data": "find, fetch, check and build the tasks' data",
    "models": "list the aliases that --model and --baseline know; check one",
    "metrics": "list every metric with its definition",
    "thresholds": "check a thresholds file, explain its margins, or write a copy",
    "read": "show how an answer of your own would be read",
    "control": "which planted defects a run on this data would notice",
    "report": "render report.html and report.md of a finished run",
    "compare": "set several candidates of one base side by side",
    "card": "a section of the model's card that tells the run's verdict",
    "history": "draw one metric over several releases of a model",
    "verdict": "exit with how a finished run ended",
    "attest": "sign a finished run's verdict with a key of yours",
    "verify": "check a signed verdict, and every digest that can be reached",
    "store": "check, empty, export and import stored answers",
    "generate": "answer a run's prompts, or one share of them, into a store",
    "export-prompts": "write a run's prompts, to be answered elsewhere",
    "snapshots": "compare recorded codes and hallucination counts",
}

MODULES: Mapping[str, str] = {
    "plan": "forecast",
    "read": "reading",
    "metrics": "listings",
    "report": "reports",
    "compare": "reports",
    "export-prompts": "export_prompts",
    "verdict": "reports",
    "attest": "attesting",
    "verify": "attesting",
}
"""Commands whose module in `clue_lib.commands` has another name than they have."""

HELP = """\
usage: {program} --model=NAME [--baseline=NAME] [options] | COMMAND ...
Does a fine-tuned clinical language model still do what its base does?

  --model=NAME     the candidate: alias, owner/name, folder or LoRA adapter
  --baseline=NAME  what it must not fall below; default: its base, where known
  --aa             the baseline against itself: how far noise alone takes it
  --limit=N        so many examples per task, for a first look
  -k meqsum, -n 2  pytest's options; the gate's: {program} --model=NAME --help

commands, each with a --help of its own:
{commands}
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits as pytest does where an option is wrong."""

    def error(self, message: str) -> NoReturn:
        """End the program; see what is wrong with `--help` beside."""
        print(f"error: {printable(message)}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(ExitCode.UNUSABLE)


def clue_gate() -> int:
    """The console script; returns its exit code."""
    return main(program="clue-gate")


def main(arguments: Sequence[str] | None = None, *, program: str = "python -m clue_lib") -> int:
    """Run the gate or one command, by default on the command line's arguments; returns the exit code.

    All are of one table, `clue_lib.exits`; where something can't be used the reason is one line on standard error.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        return _run_command(given, program)
    if given and given[0] in ("-h", "--help"):
        print(_help(program), end="")
        return 0
    if _names_a_model(given) and (given[0].startswith("-") or _is_path(given[0])):
        from clue_lib.plugin import program as gate

        return gate.run(given)
    if given and given[0] == "--version":
        from clue_lib.__about__ import __version__

        print(f"CLUE Gate {__version__}")
        return 0
    return _refuse(given, program)


def _names_a_model(given: Sequence[str]) -> bool:
    return any(argument in ("--model", "--aa") or argument.startswith("--model=") for argument in given)


def _is_path(argument: str) -> bool:
    """Whether this names tests, perhaps one test in a file: `test_own.py::test_meets_baseline`."""
    return os.path.exists(argument.partition("::")[0])


def _help(program: str) -> str:
    commands = "\n".join(f"  {name:<12} {what}" for name, what in COMMANDS.items())
    return HELP.format(program=program, commands=commands)


def _refuse(given: Sequence[str], program: str) -> int:
    """Say what was wrong where neither a model nor a command is named."""
    if not given:
        print(_help(program), end="", file=sys.stderr)
        raise SystemExit(ExitCode.UNUSABLE)
    first = printable(given[0])
    if first.startswith("-"):
        print(f"error: {first}: no model is named; add --model=NAME, or see {program} --help", file=sys.stderr)
        return ExitCode.UNUSABLE
    close = difflib.get_close_matches(given[0], COMMANDS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"usage: {program} {'|'.join(COMMANDS)}, or --model=NAME"
    print(f"error: {first}: no such command; {hint}", file=sys.stderr)
    raise SystemExit(ExitCode.UNUSABLE)


def _run_command(given: Sequence[str], program: str) -> int:
    parser: argparse.ArgumentParser = _Parser(prog=program)
    commands = parser.add_subparsers(required=True, metavar="command")
    _add(given[0], commands)
    commands.choices[given[0]].description = COMMANDS[given[0]]
    parsed = parser.parse_args(given)
    if isinstance(sys.stdout, io.TextIOWrapper):  # ASCII has no Δ, and a file's name need not be UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with Boundary(is_private=_may_be_private(parsed), passing=(BrokenPipeError,)):
            return int(parsed.run(parsed))
    except UnforeseenError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return ExitCode.CRASHED
    except ClueError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return ExitCode.UNUSABLE
    except BrokenPipeError:
        from clue_lib.commands import reports

        reports.stop_output()
        return 0
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _may_be_private(given: argparse.Namespace) -> bool:
    """Whether the command reads data of the user's own, or what lies beside such data."""
    names_data = any(vars(given).get(name) is not None for name in ("data_root", "mimic"))
    return names_data or any(_lies_private(value) for value in vars(given).values())


def _lies_private(value: object) -> bool:
    """Whether the value of an argument, or one of several, names what lies beside private data, also through links."""
    if isinstance(value, list | tuple):
        return any(map(_lies_private, value))
    named = str(value)
    return any(owner_only.is_private(Path(path)) for path in (named, os.path.realpath(named)))


def _add(command: str, commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, and those of its module, to the parser."""
    module = importlib.import_module(f"clue_lib.commands.{MODULES.get(command, command)}")
    module.add(commands)


if __name__ == "__main__":
    sys.exit(main())
