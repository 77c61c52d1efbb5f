"""LongHealth task 3: letters of other patients only, so any answer but F is made up (CLUE level 2)."""

from clue_lib.tasks.longhealth import draw_others, task

TASK = task("longhealth_3", "LongHealth 3", draw_others, "answered_unanswerable")
