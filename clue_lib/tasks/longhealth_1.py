"""LongHealth task 1: a question on a patient's own letters (CLUE level 2)."""

from clue_lib.tasks.longhealth import task
from clue_lib.tasks.longhealth_contexts import draw_own

TASK = task("longhealth_1", draw_own)
