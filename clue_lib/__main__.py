"""`python -m clue_lib`: what there is to do beside the tests."""

import argparse
import io
import sys

from clue_lib.commands import data, forecast, listings, reports, snapshots
from clue_lib.errors import ClueError
from clue_lib.text import printable


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 2 where it could not be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m clue_lib", description="CLUE Gate beside pytest")
    commands = parser.add_subparsers(required=True, metavar="command")
    listings.add(commands)
    data.add(commands)
    reports.add(commands)
    forecast.add(commands)
    snapshots.add(commands)
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # ASCII has no Δ, and a file's name need not be UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return int(given.run(given))
    except ClueError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        reports.stop_output()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
