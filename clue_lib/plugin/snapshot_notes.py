"""What the tests of snapshots have to say beside passing or failing, told in the summary."""

import pytest

from clue_lib.plugin.command_line import command_to_record
from clue_lib.text import shorten

MISSING, DRIFT, UNUSED = "snapshot missing", "snapshot drift", "snapshot unused"
"""The user properties by which a test tells the summary, and JUnit, what is the matter with its snapshot."""


UNDER_ANOTHER = " under another engine or processor than recorded"
"""How a drift differs from a change; said once in the summary, not with each task."""


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
        columns = self._config.get_terminal_writer().fullwidth
        lines += [shorten(text.splitlines()[0].replace(UNDER_ANOTHER, ""), columns) for text in drift]
        if drift:
            lines.append(f"drift:{UNDER_ANOTHER}; the reports show what changed")
        if missing:
            lines.append(f"to record: {command_to_record(self._config)}")
        if unused:
            more = f" and {len(unused) - 1} more" if len(unused) > 1 else ""
            lines.append(f"unused: {min(unused)}{more}; remove, or see `snapshots diff`")
        return lines
