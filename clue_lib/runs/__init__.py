"""From a task to its prompts, and from a model's answers to a scored run."""

from clue_lib.runs.planning import PlannedTask, PromptSettings, check_wordings, plan_task
from clue_lib.runs.scoring import score

__all__ = ["PlannedTask", "PromptSettings", "check_wordings", "plan_task", "score"]
