"""What the plugin keeps on pytest's config, and what it reads from there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from clue_lib.errors import OptionError, StoreError, UnforeseenError, UserError
from clue_lib.exits import ExitCode
from clue_lib.plugin.command_line import named_thresholds
from clue_lib.text import printable

if TYPE_CHECKING:
    from clue_lib.judging import Thresholds, Verdict
    from clue_lib.session.runner import GateRun
    from clue_lib.session.settings import Settings
    from clue_lib.tasks import Task
    from clue_lib.types import RunInfo

settings_key: "pytest.StashKey[Settings | None]" = pytest.StashKey()
"""The checked options; None where no model is named."""

run_key: "pytest.StashKey[GateRun]" = pytest.StashKey()
"""The session's run; absent where no test of a model was selected."""

infos_key: "pytest.StashKey[list[RunInfo]]" = pytest.StashKey()
"""What this process's run, or those of its xdist workers, say of themselves."""

order_key: "pytest.StashKey[list[str]]" = pytest.StashKey()
"""The ids of all gates in the order of reports, once this process or an xdist worker has collected the tests."""

verdict_key: "pytest.StashKey[Verdict]" = pytest.StashKey()
"""On a test: the verdict on its gate."""

_thresholds_key: "pytest.StashKey[Thresholds]" = pytest.StashKey()


def thresholds_of(config: pytest.Config) -> "Thresholds":
    """The rules of the session's gates, read when they are first asked for. Raises ThresholdsError."""
    if _thresholds_key not in config.stash:
        from clue_lib.judging import load_thresholds

        chosen = config.stash[settings_key]
        read = chosen.thresholds if chosen else load_thresholds(named_thresholds(config))
        config.stash[_thresholds_key] = read
    return config.stash[_thresholds_key]


def thresholds_with(config: pytest.Config, task: "Task") -> "Thresholds":
    """The session's rules, which from now on hold the gates of a user's own task too. Raises what `with_task` does."""
    from clue_lib.judging.custom_gates import with_task

    config.stash[_thresholds_key] = with_task(thresholds_of(config), task)
    return config.stash[_thresholds_key]


def run_of(config: pytest.Config) -> "GateRun | None":
    """The session's run; None where no test of a model was selected, or a mistake ended its preparation."""
    run = config.stash.get(run_key, None)
    return run if run is not None and run.is_prepared else None


def task_of(module: ModuleType) -> "Task":
    """The task that a module of model tests is about; a user's own is known to the run from now on.

    Raises OptionError where the module names none, TaskError where it is half-written or its name is taken.
    """
    from clue_lib import tasks

    task = getattr(module, "TASK", None)
    if not isinstance(task, tasks.Task):
        raise OptionError(f"{module.__file__}: a test of the gate needs its task: from clue_lib.tasks.… import TASK")
    return tasks.register(task, Path(os.path.relpath(str(module.__file__))))


def is_over_tasks(module: ModuleType) -> bool:
    """Whether the module's gates are judged over several tasks: it then has no task of its own."""
    return getattr(module, "OVER_TASKS", False) is True


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of xdist's workers, whose results go to a controlling process."""
    return hasattr(config, "workerinput")


@contextmanager
def raised_as(kind: type[Exception]) -> Iterator[None]:
    """Raise a user's mistake as `kind`, an exception that pytest shows as one line."""
    try:
        yield
    except (UserError, StoreError) as error:
        raise kind(printable(str(error))) from None
    except UnforeseenError as error:
        raise pytest.exit.Exception(printable(str(error)), ExitCode.CRASHED) from None
