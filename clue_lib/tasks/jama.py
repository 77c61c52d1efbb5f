"""JAMA case challenges: published vignettes of JAMA, which the user supplies."""

from clue_lib.tasks.cases import task

TASK = task("jama", n_scouts=8)
