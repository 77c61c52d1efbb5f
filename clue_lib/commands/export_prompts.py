"""`export-prompts`: a run's prompts as a file, for models that are asked elsewhere."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from clue_lib import sealed
from clue_lib.commands.planned_tasks import add_options, planned_tasks
from clue_lib.datasets import private
from clue_lib.errors import DataError
from clue_lib.runs import PlannedTask
from clue_lib.runs.prompt_export import Format, lines


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("export-prompts")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to: prompts.jsonl, say")
    parser.add_argument("--format", choices=get_args(Format), default="jsonl", help="default: jsonl")
    parser.add_argument(
        "--served-model", metavar="NAME", default="model", help="what openai-batch asks its server for; default: model"
    )
    add_options(parser)
    parser.set_defaults(run=export_prompts)


def export_prompts(given: argparse.Namespace) -> int:
    """Write the file and say how many prompts it holds. Raises UserError and StoreError."""
    plan = planned_tasks(given)
    _check_place(plan, given.out)
    written = list(lines(plan, format=given.format, model=given.served_model))
    sealed.put(given.out, b"".join(written), is_users=True)
    print(f"{len(written):,} prompts of {len(plan)} tasks in {given.out}")
    return 0


def _check_place(plan: Sequence[PlannedTask], out: Path) -> None:
    """Raise DataError where prompts that quote data under an agreement would leave the data's own folder."""
    for planned in plan:
        source = planned.source
        beside = private.folder_beside(source)
        if private.is_private(source) and not out.resolve().is_relative_to(beside.resolve()):
            raise DataError(
                f"--out={out}: prompts of {planned.task.name} quote {source.tier} data and must stay beside it; "
                f"name a file in {beside}, or other tasks with --task"
            )
