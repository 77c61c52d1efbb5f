"""The tasks: one module each with a `TASK`, listed here."""

from clue_lib.tasks import mednli, meqsum
from clue_lib.tasks.base import Task

TASKS: dict[str, Task] = {task.name: task for task in (mednli.TASK, meqsum.TASK)}

__all__ = ["TASKS", "Task"]
