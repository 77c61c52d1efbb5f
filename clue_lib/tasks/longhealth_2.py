"""LongHealth task 2: the answer stands in letters hidden among those of other patients (CLUE level 2)."""

from clue_lib.tasks.longhealth import draw_hidden, task

TASK = task("longhealth_2", "LongHealth 2", draw_hidden)
