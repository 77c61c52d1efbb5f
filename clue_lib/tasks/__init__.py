"""The tasks: one file each. `TASKS` are CLUE's; `register` lets a run know one of the user's own."""

from clue_lib.datasets import TaskData
from clue_lib.tasks.base import Task
from clue_lib.tasks.prompts import PromptTexts
from clue_lib.tasks.registry import TASKS, is_ours, named, names, register
from clue_lib.types import GateRule

__all__ = ["TASKS", "GateRule", "PromptTexts", "Task", "TaskData", "is_ours", "named", "names", "register"]
