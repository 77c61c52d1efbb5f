"""What the tests of snapshots have to say beside passing or failing, told in the summary."""

import pytest

from clue_lib.plugin.command_line import command_to_record

MISSING, DRIFT, UNUSED = "snapshot missing", "snapshot drift", "snapshot unused"
"""The user properties by which a test tells the summary, and JUnit, what is the matter with its snapshot."""


class SnapshotNotes:
    """In the controlling process, which sees every report: sums up what the tests say of their snapshots."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._notes: dict[str, dict[str, None]] = {MISSING: {}, DRIFT: {}, UNUSED: {}}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a test's notes; each phase's report brings them again."""
        for name, text in report.user_properties:
            if name in self._notes:
                self._notes[name][str(text)] = None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what is missing, what drifted, what is unused."""
        lines = self._lines()
        if lines:
            terminalreporter.section("snapshots", sep="-")
        for line in lines:
            terminalreporter.write_line(line)

    def _lines(self) -> list[str]:
        missing, drift, unused = self._notes.values()
        lines = list(missing)
        lines += [f"{text.splitlines()[0]}; the reports show what changed" for text in drift]
        if missing:
            lines.append(f"to record: {command_to_record(self._config)}")
        lines += [f"unused: {path}; remove it, or see `snapshots diff`" for path in sorted(unused)]
        return lines
