"""Which tasks a run knows: CLUE's, and those of the user's own that its test modules brought with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clue_lib.errors import TaskError
from clue_lib.tasks import (
    custom,
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

TASKS: Mapping[str, Task] = {
    module.TASK.name: module.TASK
    for module in (
        *(mednli, meqsum, problem_summary),
        *(longhealth_1, longhealth_2, longhealth_3, medisumqa, medisumcode),
        *(nejm, jama, mcq),
    )
}
"""CLUE's tasks and the monitored one by name, in the order of reports."""


@dataclass(frozen=True, slots=True)
class _Registered:
    """A task as its module has it, and as a run uses it."""

    written: Task
    placed: Task


_custom: dict[str, _Registered] = {}


def register(task: Task, file: Path) -> Task:
    """The task of a test module, as a run uses it, which `named` knows from now on; `file` is the module's.

    One of CLUE's is given back as it is. Another one becomes part of the run under its own name, its data's path taken
    from the module's folder. Raises TaskError where it is half-written, or where its name is taken by another file's.
    """
    if TASKS.get(task.name) is task:
        return task
    known = _custom.get(task.name)
    if known is not None and known.written is task:
        return known.placed
    if task.name in TASKS:
        raise TaskError(f"{file}: the name {task.name!r} is one of CLUE's tasks; give TASK another")
    if known is not None and known.placed.file != str(file):
        raise TaskError(f"{file}: the name {task.name!r} is taken by {known.placed.file}; give one TASK another")
    placed = custom.placed(task, file)
    _custom[task.name] = _Registered(written=task, placed=placed)
    return placed


def named(name: str) -> Task:
    """The task of that name, CLUE's or registered. Raises KeyError where there is none."""
    return TASKS[name] if name in TASKS else _custom[name].placed


def names() -> tuple[str, ...]:
    """Every task's name: CLUE's in the order of reports, then the registered ones as they were found."""
    return (*TASKS, *_custom)


def is_ours(name: str) -> bool:
    """Whether the task is one of this suite's: what its functions say of data are fixed words, which quote nothing."""
    return name in TASKS
