"""Which tests there are: one for each gate of a module's task, and with a model and no paths no others than these."""

from typing import TYPE_CHECKING

import pytest

from clue_lib.plugin.state import is_over_tasks, raised_as, settings_key, task_of, thresholds_of

if TYPE_CHECKING:
    from clue_lib.tasks import Task
    from clue_lib.types import Gate

FOLDERS = ("level1", "level2", "case_challenges", "monitored", "whole_run")
"""The folders of model tests below `tests`, and the marks of these tests; a user's own task may lie anywhere."""


def model_tests(config: pytest.Config) -> list[str]:
    """The folders of the model tests, as paths that pytest may be given."""
    return [str(config.rootpath / "tests" / folder) for folder in FOLDERS]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per gate of the module's task."""
    if "verdict" not in metafunc.fixturenames:
        return
    with raised_as(pytest.Collector.CollectError):
        gates = _gates(metafunc)
    metafunc.parametrize(
        "verdict", [pytest.param(gate, id=id_, marks=marks) for gate, id_, marks in gates], indirect=True
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """A snapshot's test bears its task's level as a gate's does, so that `-m` selects it."""
    if isinstance(item, pytest.Function) and {"outputs", "recorded"} <= set(item.fixturenames):
        with raised_as(pytest.Collector.CollectError):
            item.add_marker(task_of(item.module).level)


def _gates(metafunc: pytest.Metafunc) -> "list[tuple[Gate, str, list[pytest.MarkDecorator]]]":
    """The gates of a module, each with its test's id and marks."""
    thresholds = thresholds_of(metafunc.config)
    if is_over_tasks(metafunc.module):
        return [(gate, gate.id, [pytest.mark.whole_run]) for gate in thresholds.whole_run]
    task = task_of(metafunc.module)
    marks = [getattr(pytest.mark, task.level)]
    if task.is_monitored and (reason := _absence(task, metafunc.config)):
        marks.append(pytest.mark.skip(reason=reason))
    return [(gate, gate.metric, marks) for gate in thresholds.for_task(task.name)]


def _absence(task: "Task", config: pytest.Config) -> str:
    """Why a task has no data; empty where it has some."""
    from clue_lib import datasets
    from clue_lib.errors import MissingData

    chosen = config.stash[settings_key]
    try:
        datasets.find(task.name, chosen.data_root if chosen else None)
    except MissingData as error:
        return str(error)
    return ""
