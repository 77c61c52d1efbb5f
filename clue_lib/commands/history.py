"""`history`: one metric over several releases of a model, as a table and on request as a page."""

import argparse
from pathlib import Path

from clue_lib import sealed
from clue_lib.commands.reports import comparable
from clue_lib.report import history
from clue_lib.text import printable


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    drawing = commands.add_parser("history")
    drawing.add_argument(
        "run_folders",
        metavar="RUN",
        type=Path,
        nargs="+",
        help="report folders of releases, oldest first; judged against one base by the same gates",
    )
    drawing.add_argument(
        "--metric",
        metavar="TASK.METRIC",
        help="the gate to follow, as mednli.accuracy; default: the overall average, or the first gate",
    )
    drawing.add_argument("--out", metavar="FILE.html", type=Path, help="also write a page with the drawing")
    drawing.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the table and write the page. Raises ReportError or StoreError."""
    found = history.of_runs(comparable("history", given.run_folders), given.metric)
    print(history.table(found))
    if given.out is not None:
        sealed.put(given.out, history.page(found).encode(), option="--out=", is_users=True)
        print(f"\n{printable(str(given.out))}")
    return 0
