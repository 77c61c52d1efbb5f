"""The pytest plugin: options, parameters, fixtures, and the merging of xdist workers' verdicts."""

import os
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from clue_lib import datasets
from clue_lib.errors import ClueError, EngineError, MissingData, OptionError, PairingError, StoreError, UserError
from clue_lib.judging import thresholds
from clue_lib.judging.thresholds import Thresholds
from clue_lib.judging.verdict import Verdict
from clue_lib.plugin.collector import Collector
from clue_lib.plugin.command_line import OPTIONS
from clue_lib.plugin.progress import ProgressPrinter
from clue_lib.report import folder, gate_json, terminal
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.session.settings import Settings
from clue_lib.tasks import TASKS, Task
from clue_lib.text import printable
from clue_lib.types import Gate, Level, RunInfo, TaskRun

pytest_plugins = ("clue_lib.plugin.snapshots",)

FOLDERS = (*(level for level in get_args(Level) if level != "custom"), "whole_run")
"""The folders of model tests below `tests`, and the marks of these tests; a user's own task may lie anywhere."""

_FIXTURES = frozenset({"verdict", "baseline", "candidate"})
_settings_key = pytest.StashKey[Settings | None]()
_thresholds_key = pytest.StashKey[Thresholds]()
_run_key = pytest.StashKey[GateRun]()
_infos_key = pytest.StashKey[list[RunInfo]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Every option of the gate, in a group of its own."""
    group = parser.getgroup("clue gate")
    for name, keywords in OPTIONS.items():
        group.addoption(f"--{name}", dest=_dest(name), default=None, **keywords)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options together; with --model and no paths, only the model tests run."""
    for level in FOLDERS:
        config.addinivalue_line("markers", f"{level}: the model tests of tests/{level}")
    config.addinivalue_line("markers", "custom: the model tests of tasks of your own")
    try:
        chosen = _settings(config)
        config.stash[_thresholds_key] = chosen.thresholds if chosen else thresholds.load(_thresholds_path(config))
        if chosen and not config.option.collectonly:
            folder.make_folder(chosen.report_dir)
    except UserError as error:
        raise pytest.UsageError(printable(str(error))) from None
    config.stash[_settings_key] = chosen
    config.stash[_infos_key] = []
    if chosen and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(config.rootpath / "tests" / folder) for folder in FOLDERS]
    if chosen and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config, chosen, config.stash[_infos_key]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per gate of the module's task."""
    if "verdict" in metafunc.fixturenames:
        metafunc.parametrize("verdict", _parameters(metafunc), indirect=True)


def _parameters(metafunc: pytest.Metafunc) -> list[Any]:
    stash = metafunc.config.stash
    if _is_over_tasks(metafunc.module):
        gates = stash[_thresholds_key].whole_run
        return [pytest.param(gate, id=gate.id, marks=pytest.mark.whole_run) for gate in gates]
    task = task_of(metafunc.module)
    marks = [getattr(pytest.mark, task.level)]
    if task.is_monitored and (reason := _absent(stash[_settings_key], task)):
        marks.append(pytest.mark.skip(reason=reason))
    return [pytest.param(gate, id=gate.metric, marks=marks) for gate in stash[_thresholds_key].for_task(task.name)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Plan for all selected tests at once; data and models are checked before an engine starts."""
    config = session.config
    chosen = config.stash[_settings_key]
    items = [i for i in session.items if isinstance(i, pytest.Function) and _FIXTURES & set(i.fixturenames)]
    items = [item for item in items if not item.get_closest_marker("skip")]
    if chosen is None or not items or config.option.collectonly:
        return
    gates: list[Any] = [item.callspec.params["verdict"] for item in items if "verdict" in item.fixturenames]
    run = GateRun(chosen, gates, tasks=_tasks(items), tell=_progress_printer(config))
    config.stash[_run_key] = run
    if not hasattr(config, "workerinput"):  # a worker's usage error would look like a crash: its tests say ERROR
        try:
            run.prepare()
        except (UserError, StoreError) as error:
            del config.stash[_run_key]
            raise pytest.UsageError(printable(str(error))) from None


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Who is compared, on what and under which rules, before the work begins."""
    run = run_of(config)
    return terminal.header(run.info) if run else []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over an xdist worker's description of the run."""
    if info := getattr(node, "workeroutput", {}).get("clue_run"):
        node.config.stash[_infos_key].append(msgspec.msgpack.decode(info, type=RunInfo))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the run's description for the report; an xdist worker hands it to its controller."""
    config = session.config
    run = config.stash.get(_run_key, None)
    if run is None or not run.is_prepared:
        return
    if getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0":  # one of several workers is enough
        _leave_examples(run, _progress_printer(config))
    if hasattr(config, "workeroutput"):
        config.workeroutput["clue_run"] = msgspec.msgpack.encode(run.info)
    else:
        config.stash[_infos_key].append(run.info)


def _leave_examples(run: GateRun, tell: ProgressPrinter) -> None:
    """Write what holds every example; a run that failed to generate has none, and its tests have said so."""
    if not run.gates:
        return
    try:
        if run.settings.reports == "all":
            folder.write_examples(run.settings.report_dir, run.pairs)
        if run.settings.private_report:
            sources = {name: planned.source for name, planned in run.plan.items()}
            folder.write_private(run.info, list(run.verdicts.values()), run.pairs, sources)
    except (EngineError, PairingError):
        pass
    except ClueError as error:
        tell(f"examples not written: {error}")


@pytest.fixture(scope="session")
def gate_run(pytestconfig: pytest.Config) -> GateRun:
    """The session's one run over both models; generates nothing before it is asked."""
    if pytestconfig.stash[_settings_key] is None:
        pytest.skip("tests a model: name one with --model=NAME")
    return pytestconfig.stash[_run_key]


@pytest.fixture(scope="session")
def baseline(gate_run: GateRun) -> "partial[TaskRun]":
    """The baseline: called with a task's name it gives the scored run."""
    return partial(gate_run.task_run, "baseline")


@pytest.fixture(scope="session")
def candidate(gate_run: GateRun) -> "partial[TaskRun]":
    """The candidate: called with a task's name it gives the scored run."""
    return partial(gate_run.task_run, "candidate")


@pytest.fixture
def verdict(request: pytest.FixtureRequest, gate_run: GateRun) -> Verdict:
    """The verdict on one gate of the module's task; its figures become JUnit properties."""
    gate: Gate = request.param
    found = gate_run.verdicts[gate.id]
    request.node.user_properties += gate_json.properties(found)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Put the verdict on the test's report: that is how it reaches the controller from an xdist worker."""
    report = yield
    found = getattr(item, "funcargs", {}).get("verdict")
    if report.when == "call" and isinstance(found, Verdict):
        report.clue_verdict = msgspec.msgpack.encode(found)  # JSON has no infinity, which a bound may be
    return report


def _settings(config: pytest.Config) -> Settings | None:
    """The checked options, or None where no model is named. Raises UserError."""
    given = {name: config.getoption(_dest(name)) for name in OPTIONS}
    if given["model"] is None and not given["aa"]:
        stray = [name for name, value in given.items() if value is not None and name != "thresholds"]
        if stray:
            raise OptionError(f"--{stray[0]}={given[stray[0]]} without --model: name the candidate with --model=NAME")
        return None
    options = {_dest(name): value for name, value in given.items() if value is not None}
    return settings.from_options(Options(**options | {"thresholds": _thresholds_path(config)}))


def _progress_printer(config: pytest.Config) -> ProgressPrinter:
    plugins = config.pluginmanager
    return ProgressPrinter(plugins.getplugin("terminalreporter"), plugins.getplugin("capturemanager"))


def _thresholds_path(config: pytest.Config) -> Path:
    given = config.getoption("thresholds")
    return Path(given or os.path.relpath(config.rootpath / "thresholds.toml"))


def task_of(module: Any) -> Task:
    """The task a module of model tests is about. Raises UsageError for a test of the gate outside such a module."""
    task = getattr(module, "TASK", None)
    if not isinstance(task, Task):
        raise pytest.UsageError(
            f"{module.__file__}: a test of the gate needs its task: from clue_lib.tasks.… import TASK"
        )
    return task


def run_of(config: pytest.Config) -> GateRun | None:
    """The session's run; None where no test of a model was selected, or its mistakes ended the session."""
    run = config.stash.get(_run_key, None)
    return run if run is not None and run.is_prepared else None


def _tasks(items: Iterable[pytest.Function]) -> set[str]:
    """The tasks that any of the tests reads; what is judged over tasks reads them all."""
    modules = {item.module for item in items}
    if any(_is_over_tasks(module) for module in modules):
        return {task.name for task in TASKS.values() if not task.is_monitored} | {
            task_of(module).name for module in modules if not _is_over_tasks(module)
        }
    return {task_of(module).name for module in modules}


def _is_over_tasks(module: Any) -> bool:
    return getattr(module, "OVER_TASKS", False) is True


def _absent(chosen: Settings | None, task: Task) -> str:
    """Why a task that is only monitored is left out; empty where it has data."""
    try:
        datasets.find(task.name, chosen.data_root if chosen else None)
    except MissingData as error:
        return str(error)
    return ""


def _dest(name: str) -> str:
    return name.replace("-", "_")
