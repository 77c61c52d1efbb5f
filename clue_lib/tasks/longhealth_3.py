"""LongHealth task 3: letters of other patients only, so any answer but F is made up (CLUE level 2)."""

from clue_lib.tasks.longhealth import task
from clue_lib.tasks.longhealth_contexts import draw_others

TASK = task("longhealth_3", draw_others, "answered_unanswerable", skill_pool=("longhealth_2",))
