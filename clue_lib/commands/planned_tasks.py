"""The tasks that a command is about, with their prompts: options that several commands share."""

import argparse
from collections.abc import Collection

from clue_lib.errors import MissingData, OptionError
from clue_lib.judging import drawings_by_tier
from clue_lib.runs import PlannedTask, PromptSettings, plan_task
from clue_lib.session.drawing_options import checked_context, checked_repeats
from clue_lib.session.settings import checked_folder, checked_limit, checked_profile, checked_wordings
from clue_lib.tasks import TASKS
from clue_lib.text import suggestion


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that decide which prompts there are."""
    parser.add_argument(
        "--task", metavar="NAME", action="append", default=[], help="one task; may be repeated; default: all with data"
    )
    parser.add_argument("--data-root", metavar="DIR", help="folder below which the real data files lie")
    parser.add_argument("--limit", type=int, metavar="N", help="examples per task")
    parser.add_argument("--profile", help="of the run that reads the answers: release draws more contexts")
    parser.add_argument("--prompts", metavar="DIR", help="folder of prompt texts")
    parser.add_argument("--wordings", type=int, metavar="N", help="the first N wordings of each task; default: all")
    parser.add_argument("--context", type=int, metavar="TOKENS", help="room of LongHealth's prompts, as for pytest")
    parser.add_argument("--repeats", type=int, metavar="N", help="drawings of LongHealth's letters, as for pytest")
    parser.add_argument("--seed", type=int, default=0, help="chooses shots and the subset of --limit; default 0")


def names(given: argparse.Namespace) -> Collection[str]:
    """The tasks that are named, else all. Raises OptionError for one that there is not."""
    for name in given.task:
        if name not in TASKS:
            raise OptionError(f"--task={name}: no such task; {suggestion(name, TASKS)}")
    return tuple(given.task) or tuple(TASKS)


def planned_tasks(given: argparse.Namespace) -> list[PlannedTask]:
    """The named tasks with their prompts; of all tasks, those that have data. Raises UserError."""
    settings = PromptSettings(
        data_root=checked_folder("--data-root", given.data_root),
        prompts=checked_folder("--prompts", given.prompts),
        limit=checked_limit(given.limit),
        seed=given.seed,
        n_wordings=checked_wordings(given.wordings),
        n_repeats=drawings_by_tier(checked_profile(given.profile, given.limit), checked_repeats(given.repeats)),
        context=checked_context(given.context),
    )
    planned = []
    for name in names(given):
        try:
            planned.append(plan_task(TASKS[name], settings))
        except MissingData:
            if given.task:
                raise
    return planned
