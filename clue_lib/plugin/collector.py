"""Pytest's controlling process and the verdicts: it gathers them, writes the reports and prints the summary."""

import dataclasses
from collections.abc import Generator, Sequence

import msgspec
import pytest

from clue_lib import snapshots
from clue_lib.errors import ClueError
from clue_lib.judging import Verdict, ruling
from clue_lib.plugin.snapshot_notes import DRIFT
from clue_lib.plugin.state import infos_key, order_key
from clue_lib.publishing import gitlab, logs, run_log
from clue_lib.publishing.logs import Tracker
from clue_lib.report import GATE_FILE, Document, folder, gate_json, of_run, terminal
from clue_lib.report.columns import wrapped
from clue_lib.report.figures import WIDTH
from clue_lib.session.settings import Settings
from clue_lib.types import RunInfo


class Collector:
    """In the controlling process: gathers verdicts from the tests' reports, writes gate.json, prints the summary."""

    def __init__(self, config: pytest.Config, chosen: Settings, trackers: Sequence[Tracker] = ()) -> None:
        """Reports go to the settings' folder; what this process's or the workers' runs say is kept on the config.

        The run is logged to the `trackers` too.
        """
        self._config = config
        self._is_collecting = bool(config.option.collectonly)
        self._folder = chosen.report_dir
        self._reports = chosen.reports
        self._trackers = trackers
        self._told: list[str] = []
        self._verdicts: dict[str, Verdict] = {}
        self._failed_snapshots: set[str] = set()
        self._drifts: dict[str, None] = {}
        self._document: Document | None = None
        self._is_written = False
        self._has_no_gate = False
        self._has_no_run = False
        self._session: pytest.Session | None = None
        self._is_stopped = False

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session: how it ends is asked last."""
        self._session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdict that a test's report carries, or that it failed by its task's snapshot."""
        if encoded := getattr(report, "clue_verdict", None):
            verdict = msgspec.msgpack.decode(encoded, type=Verdict)
            self._verdicts[verdict.gate.id] = verdict
        self._drifts |= {str(text): None for name, text in report.user_properties if name == DRIFT}
        if report.failed and (task := dict(report.user_properties).get(snapshots.TEST_PROPERTY)):
            self._failed_snapshots.add(str(task))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write gate.json, engine starts summed over the workers; a run that judged nothing has not passed."""
        if infos := self._config.stash[infos_key]:
            starts = sum(info.n_engine_starts for info in infos)
            failed = tuple(sorted(self._failed_snapshots))
            drifts = tuple(self._drifts)
            info = dataclasses.replace(infos[0], n_engine_starts=starts, failed_snapshots=failed, drifts=drifts)
            if not info.n_selected:  # snapshots alone are no gates: their tests' outcomes stand
                self._has_no_gate = True
                return
            self._document = folder.with_slices(self._folder, self._documented(info, session))
            is_written = self._write(self._document)
            self._log(self._document)
            if session.exitstatus == pytest.ExitCode.OK and not (is_written and self._document.passed):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif session.exitstatus == pytest.ExitCode.OK and not self._is_collecting:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            self._has_no_run = True

    def _documented(self, info: RunInfo, session: pytest.Session) -> Document:
        """The run; one that was stopped has not passed, whatever was judged: a snapshot may not have been compared."""
        verdicts = self._sorted()
        document = of_run(info, verdicts)
        is_cut_short = self._is_stopped or session.shouldstop or session.shouldfail
        if is_cut_short and document.passed:
            return of_run(dataclasses.replace(info, failure=ruling.STOPPED), verdicts)
        return document

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that the user stopped the run, not pytest, as it does after errors of collection."""
        self._is_stopped = not isinstance(excinfo.value, pytest.Session.Interrupted)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Print models and data, the table and what to do next, below all that pytest and other plugins sum up."""
        yield
        if self._document is None:
            return
        terminalreporter.section("CLUE Gate", sep="=", bold=True)
        for line, markup in terminal.summary(
            self._document,
            str(self._folder),
            folder.files(self._folder),
            columns=self._columns,
            with_header=self._config.pluginmanager.hasplugin("dsession"),  # xdist's controller has planned nothing
        ):
            terminalreporter.write_line(line, **markup)
        for line in self._told:
            terminalreporter.write_line(line)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Print the verdict, as the last thing: below pytest's count of tests, which may have passed in a broken run.

        Without pytest's reporter it is all that is printed.
        """
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        for line, markup in self._closing():
            if reporter is None:
                print(line)
            else:
                reporter.write_line(line, **markup)

    def _closing(self) -> list[terminal.Line]:
        """The verdict; nothing where pytest's own message ends the session."""
        status = None if self._session is None else self._session.exitstatus
        if self._is_collecting or status in {None, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
            return []
        if self._is_stopped:
            return terminal.stopped(len(self._verdicts), self._columns)
        if self._has_no_run or self._has_no_gate:
            reason = ruling.NO_RUN if self._has_no_run else ruling.NO_GATE
            return terminal.without_a_gate(reason, self._columns, has_failed=self._has_no_run)
        if self._document is None:
            return []
        if status == pytest.ExitCode.OK:
            return terminal.closing(self._document, self._columns)
        but = terminal.OTHER_TESTS if self._is_written else terminal.NOT_WRITTEN
        return terminal.closing(self._document, self._columns, but=but)

    @property
    def _columns(self) -> int:
        """How wide the terminal is now: it may have changed since the run began."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        return WIDTH if reporter is None else self._config.get_terminal_writer().fullwidth

    def _write(self, document: Document) -> bool:
        """Write the reports; whether gate.json is there, with which the exit code agrees.

        What fails is told by the summary: the verdicts that it prints are not lost.
        """
        try:
            gate_json.write(self._folder / GATE_FILE, document)
            self._is_written = True
            if self._reports != "json":
                self._told = folder.write_pages(self._folder, document)
            if self._reports == "gitlab":
                gitlab.write(self._folder, document)
        except ClueError as error:
            self._told = wrapped(f"reports not written: {error}", self._columns)
        return self._is_written

    def _log(self, document: Document) -> None:
        """Log the run; the summary tells where, or why not, and the verdict stands either way."""
        for tracker in self._trackers:
            told = logs.write(tracker, run_log.of_document(document, self._folder))
            self._told += wrapped(told, self._columns)

    def _sorted(self) -> list[Verdict]:
        order = self._config.stash[order_key]
        return sorted(self._verdicts.values(), key=lambda verdict: order.index(verdict.gate.id))
