"""NEJM case challenges: published vignettes of the New England Journal of Medicine, which the user supplies."""

from clue_lib.tasks.cases import task

TASK = task("nejm", n_scouts=16)
