"""Runs pytest on the model tests for `clue-gate`, whatever lies in the folder where it is called."""

import os
import sys
from argparse import ArgumentError
from collections.abc import Sequence

import pytest

from clue_lib.plugin.command_line import PROGRAM, PROGRAM_ARGUMENTS, taken_option

_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
"""Environment variables meant for the user's own test suite, not for this one."""


def run(arguments: Sequence[str]) -> int:
    """Run the gate with these options of its own and of pytest; returns pytest's exit code."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ["PYTHONSAFEPATH"] = "1"  # no process started from here imports what lies in the working folder
    try:
        code = int(pytest.main([*PROGRAM_ARGUMENTS, *arguments], plugins=[_Named()]))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains as it ends
        return int(pytest.ExitCode.TESTS_FAILED)
    except (ValueError, ArgumentError) as error:
        if not (option := taken_option(error)):
            raise
        what = f"{option}: an installed pytest plugin defines this option of CLUE Gate's too"
        print(f"ERROR: {what}; turn that off with -p no:ITS_NAME", file=sys.stderr)
        return int(pytest.ExitCode.USAGE_ERROR)
    return code


class _Named:
    """Lets pytest say in its own messages what the user typed."""

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Set the program's name."""
        parser.prog = PROGRAM
