"""Which tests there are: one for each gate of a module's task, and with a model and no paths no others than these."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clue_lib import shipped
from clue_lib.errors import TaskError
from clue_lib.plugin.command_line import is_program
from clue_lib.plugin.state import is_over_tasks, raised_as, settings_key, task_of, thresholds_of, thresholds_with
from clue_lib.text import printable

if TYPE_CHECKING:
    from clue_lib.tasks import Task
    from clue_lib.types import Gate

FOLDERS = ("level1", "level2", "case_challenges", "monitored", "whole_run")
"""The folders of model tests below `tests`, and the marks of these tests; a user's own task may lie anywhere."""

_HALF_WRITTEN = ("Task.__init__()", "TaskData.__init__()", "PromptTexts.__init__()", "GateRule.__init__()", "metric()")
"""How Python begins its TypeError where one of these lacks a field, or is given one that it does not have."""

_PACKAGE = Path(__file__).parents[1]


def own_tests(config: pytest.Config) -> list[str]:
    """The folders of model tests that the project has itself; none under `clue-gate`, which runs the suite's."""
    if is_program(config):
        return []
    folders = [config.rootpath / "tests" / folder for folder in FOLDERS]
    return [str(folder) for folder in folders if folder.is_dir()]


def model_tests(config: pytest.Config) -> list[str]:
    """The folders of model tests that run where no paths are named: the project's own, else the suite's."""
    return own_tests(config) or [str(shipped.path(f"tests/{folder}")) for folder in FOLDERS]


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
    if is_over_tasks(metafunc.module):
        gates = thresholds_of(metafunc.config).whole_run
        return [(gate, gate.id, [pytest.mark.whole_run]) for gate in gates]
    task = task_of(metafunc.module)
    gates = thresholds_with(metafunc.config, task).for_task(task.name)
    marks = [getattr(pytest.mark, task.level)]
    if task.is_monitored and (reason := _absence(task, metafunc.config)):
        marks.append(pytest.mark.skip(reason=reason))
    return [(gate, gate.metric, marks) for gate in gates]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A task or metric that is half-written stops its module's import: that is told in one line."""
    report = yield
    call: pytest.CallInfo[object] | None = getattr(report, "call", None)
    if call is not None and call.excinfo is not None and (mistake := _mistake(call.excinfo)):
        report.longrepr = mistake
    return report


def _mistake(excinfo: "pytest.ExceptionInfo[BaseException]") -> str:
    """What a user's module did wrong with a class or decorator of ours, and where; empty for any other error."""
    error = excinfo.value
    is_half_written = isinstance(error, TypeError) and str(error).startswith(_HALF_WRITTEN)
    if not is_half_written and not isinstance(error, TaskError):
        return ""
    in_files = [entry for entry in excinfo.traceback if not str(entry.path).startswith(str(_PACKAGE))]
    last = in_files[-1] if in_files else excinfo.traceback[-1]
    what = str(error).replace(".__init__()", ":").replace("metric()", "metric:")
    return printable(f"{os.path.relpath(last.path)}:{last.lineno + 1}: {what}")


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
