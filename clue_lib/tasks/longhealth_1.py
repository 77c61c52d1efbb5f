"""LongHealth task 1: a question on a patient's own letters (CLUE level 2)."""

from clue_lib.tasks.longhealth import draw_own, task

TASK = task("longhealth_1", "LongHealth 1", draw_own)
