"""`control`: which defects, planted in a base's own answers, a run on this data would notice."""

import argparse
from pathlib import Path

from tabulate import tabulate

from clue_lib.commands.building import tell
from clue_lib.judging import thresholds_file
from clue_lib.report import worth
from clue_lib.session import GateRun, Options, from_options
from clue_lib.session.control import control
from clue_lib.tasks import TASKS


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("control")
    parser.add_argument("--baseline", required=True, metavar="NAME", help="the base, named as for the gate")
    parser.add_argument("--backend", default="auto", help="as for the gate; asked for answers that are not stored")
    parser.add_argument("--engine-arg", action="append", default=[], metavar="NAME=VALUE", help="passed to the engine")
    parser.add_argument("--data-root", metavar="DIR", help="folder below which the real data files lie")
    parser.add_argument("--profile", help="smoke, ci (default), release or point")
    parser.add_argument("--limit", type=int, metavar="N", help="examples per task")
    parser.add_argument("--thresholds", type=Path, metavar="FILE", help=thresholds_file.HELP)
    parser.add_argument("--store", metavar="DIR", help="folder of generations; default: the user's cache")
    parser.add_argument("--report-dir", metavar="DIR", default="gate-report", help="folder for engine.log")
    parser.set_defaults(run=show)


def show(given: argparse.Namespace) -> int:
    """Print every planted defect and the gate that would notice it. Raises ClueError."""
    options = Options(
        model=given.baseline,
        baseline=given.baseline,
        backend=given.backend,
        engine_arg=given.engine_arg,
        data_root=given.data_root,
        profile=given.profile,
        limit=given.limit,
        thresholds=given.thresholds,
        store=given.store,
        report_dir=given.report_dir,
    )
    settings = from_options(options)
    tasks = {name for name, task in TASKS.items() if not task.is_monitored}
    gates = [gate for gate in settings.thresholds.gates if gate.is_of_run or gate.task in tasks]
    run = GateRun(settings, gates, tasks=tasks, tell=tell)
    planted = control(run.answered)
    rows = [(defect.name, worth.where(defect), worth.noticed_by(defect)) for defect in planted]
    print(tabulate(rows, headers=("planted in the base's answers", "to", "noticed by"), tablefmt="plain"))
    print(f"\n{worth.sentence(planted)}\n{worth.BLIND}")
    return 0
