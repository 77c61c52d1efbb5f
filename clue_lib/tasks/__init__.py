"""The tasks: one module each with a `TASK`, listed here in the order of reports."""

from clue_lib.tasks import (
    jama,
    longhealth_1,
    longhealth_2,
    longhealth_3,
    mcq,
    medisumcode,
    medisumqa,
    mednli,
    meqsum,
    nejm,
    problem_summary,
)
from clue_lib.tasks.base import Task

TASKS: dict[str, Task] = {
    module.TASK.name: module.TASK
    for module in (
        *(mednli, meqsum, problem_summary),
        *(longhealth_1, longhealth_2, longhealth_3, medisumqa, medisumcode),
        *(nejm, jama, mcq),
    )
}

__all__ = ["TASKS", "Task"]
