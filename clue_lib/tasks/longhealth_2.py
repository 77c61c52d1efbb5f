"""LongHealth task 2: the answer stands in letters hidden among those of other patients (CLUE level 2)."""

from clue_lib.tasks.longhealth import task
from clue_lib.tasks.longhealth_contexts import draw_hidden

TASK = task("longhealth_2", draw_hidden)
