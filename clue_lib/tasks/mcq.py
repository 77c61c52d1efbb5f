"""A multiple-choice set of the user's own, monitored only: such scores are what hides the damage done elsewhere."""

from clue_lib.tasks.cases import task

TASK = task("mcq", level="monitored")
