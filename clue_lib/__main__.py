"""`python -m clue_lib models`: the aliases that --model and --baseline know."""

import argparse
import sys

from tabulate import tabulate

from clue_lib import models


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m clue_lib", description="CLUE Gate beside pytest")
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("models", help="list the aliases that --model and --baseline know")
    listing.set_defaults(run=list_models)
    parser.parse_args(arguments).run()
    return 0


def list_models() -> None:
    """Print alias, repository and base, one alias a line."""
    rows = [(alias, entry.repository, entry.base or "") for alias, entry in models.registry().items()]
    print(tabulate(rows, headers=("alias", "repository", "base"), tablefmt="plain"))


if __name__ == "__main__":
    sys.exit(main())
