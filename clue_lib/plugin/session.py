"""The hooks of a session that names a model: one run over both models, and what xdist's workers hand on of it."""

import dataclasses
import functools
from collections.abc import Collection, Generator

import msgspec
import pytest

from clue_lib.errors import ClueError, EngineError, PairingError, UnforeseenError
from clue_lib.judging.custom_gates import misspelt_tables
from clue_lib.models.child import end_with_parent
from clue_lib.plugin import collection, command_line, snapshots
from clue_lib.plugin.collector import Collector
from clue_lib.plugin.progress import ProgressPrinter, view_for
from clue_lib.plugin.snapshot_notes import SnapshotNotes
from clue_lib.plugin.state import (
    infos_key,
    is_over_tasks,
    is_worker,
    order_key,
    raised_as,
    run_key,
    run_of,
    settings_key,
    task_of,
    thresholds_of,
    verdict_key,
)
from clue_lib.publishing import logs
from clue_lib.report import expected_time, folder, header, labelled
from clue_lib.session import early, settings, timing
from clue_lib.session.runner import GateRun
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, RunInfo

_printer_key: "pytest.StashKey[ProgressPrinter]" = pytest.StashKey()

_FIXTURES = frozenset({"verdict", "baseline", "candidate"})
"""A test that takes one of these reads the run."""


def pytest_configure(config: pytest.Config) -> None:
    """Check the options together; where no paths are given, only the model tests run."""
    if not config.pluginmanager.hasplugin("syrupy"):
        raise pytest.UsageError("-p no:syrupy: the tests of snapshots need this plugin; drop the option")
    is_controller = not is_worker(config)
    if is_controller and not config.option.collectonly:
        folder.clear(command_line.report_folder(config))  # also where an option below is wrong
    with raised_as(pytest.UsageError):
        trackers = logs.read(config.getoption("log") or ())
        chosen = settings.from_options(command_line.options_of(config))
        if not config.option.collectonly:
            folder.make_folder(chosen.report_dir)
        snapshots.check_folder(config)
    config.stash[settings_key] = chosen
    config.stash[infos_key] = []
    config.stash[order_key] = []
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = collection.model_tests(config)
    if not is_controller:
        end_with_parent()  # a controller that was killed would leave its workers, and their engines, at work
    else:
        config.pluginmanager.register(Collector(config, chosen, trackers))
        config.pluginmanager.register(SnapshotNotes(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Plan for all selected tests at once; data and models are checked before an engine starts."""
    config = session.config
    chosen = config.stash[settings_key]
    tests = [item for item in session.items if isinstance(item, pytest.Function) and _reads_the_run(item)]
    if chosen is None or not tests or config.option.collectonly:
        return
    gates = [_gate(test) for test in tests if "verdict" in test.fixturenames]
    chosen = dataclasses.replace(chosen, thresholds=thresholds_of(config))  # with the gates of the user's own tasks
    tell = _printer(config)
    for line in misspelt_tables(chosen.thresholds):
        tell(line)
    config.stash[order_key] += [gate.id for gate in chosen.thresholds.gates]
    with raised_as(pytest.UsageError):
        check = functools.partial(snapshots.check_recorded, config, _snapshot_tasks(session.items))
        run = GateRun(chosen, gates, tasks=_tasks(tests), tell=tell, check=check)
        if not is_worker(config):  # a worker's usage error would look like a crash: its tests say ERROR
            run.prepare()
    config.stash[run_key] = run


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Who is compared, on what and under which rules, and how long that takes, before the work begins."""
    run = run_of(config)
    if run is None:
        return []
    time = timing.expected(run.prepared)
    columns = config.get_terminal_writer().fullwidth
    told = expected_time(time.seconds, time.n_answers, is_measured=time.is_measured)
    expectation = labelled("early", early.expectation(run.prepared), columns)
    return [*header(run.info, columns), *labelled("time", told, columns), *expectation]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the verdict on the test's report: that is how it reaches the controller from an xdist worker."""
    report = yield
    _close_progress(item.config)
    verdict = item.stash.get(verdict_key, None)
    has_ended = report.when == "call" or (report.when == "setup" and not report.passed)
    if has_ended and verdict is not None:
        vars(report)["clue_verdict"] = msgspec.msgpack.encode(verdict)  # JSON has no infinity, which a bound may be
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over an xdist worker's description of the run."""
    if info := getattr(node, "workeroutput", {}).get("clue_run"):
        config: pytest.Config = vars(node)["config"]
        config.stash[infos_key].append(msgspec.msgpack.decode(info, type=RunInfo))
        config.stash[order_key][:] = vars(node)["workeroutput"]["clue_order"]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the run's description for the report; an xdist worker hands it to its controller."""
    config = session.config
    _close_progress(config)
    run = run_of(config)
    if run is None:
        return
    if getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0":  # one of several workers is enough
        _leave_examples(run, _printer(config))
    if hasattr(config, "workeroutput"):
        config.workeroutput["clue_run"] = msgspec.msgpack.encode(run.info)
        config.workeroutput["clue_order"] = config.stash[order_key]
    else:
        config.stash[infos_key].append(run.info)


def _leave_examples(run: GateRun, tell: ProgressPrinter) -> None:
    """Write what holds every example; a run that failed to generate has none, and its tests have said so."""
    if not run.gates:
        return
    try:
        with run.boundary():
            if run.settings.reports != "json":
                folder.write_examples(run.settings.report_dir, run.pairs)
            if run.settings.private_report:
                sources = {name: planned.source for name, planned in run.plan.items()}
                folder.write_private(run.info, list(run.verdicts.values()), run.pairs, sources)
    except (EngineError, PairingError, UnforeseenError):
        pass
    except ClueError as error:
        tell(f"examples not written: {error}")


def _gate(test: pytest.Function) -> Gate:
    gate = test.callspec.params["verdict"]
    assert isinstance(gate, Gate)
    return gate


def _reads_the_run(test: pytest.Function) -> bool:
    return bool(_FIXTURES & set(test.fixturenames)) and not test.get_closest_marker("skip")


def _tasks(tests: Collection[pytest.Function]) -> set[str]:
    """The tasks that any of the tests reads; what is judged over tasks reads all that can fail a run."""
    modules = {test.module for test in tests}
    names = {task_of(module).name for module in modules if not is_over_tasks(module)}
    if any(is_over_tasks(module) for module in modules):
        names |= {task.name for task in TASKS.values() if not task.is_monitored}
    return names


def _snapshot_tasks(items: Collection[pytest.Item]) -> set[str]:
    """The tasks whose snapshot's test was selected."""
    tests = [item for item in items if isinstance(item, pytest.Function) and "recorded" in item.fixturenames]
    return {task_of(test.module).name for test in tests}


def _printer(config: pytest.Config) -> ProgressPrinter:
    """The session's printer of progress, made when something is told for the first time."""
    if _printer_key not in config.stash:
        plugins = config.pluginmanager
        capture = plugins.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            view = view_for(plugins.getplugin("terminalreporter"))
        config.stash[_printer_key] = ProgressPrinter(view, capture)
    return config.stash[_printer_key]


def _close_progress(config: pytest.Config) -> None:
    """What was drawn goes before pytest writes again."""
    if _printer_key in config.stash:
        config.stash[_printer_key].close()
