"""The exit codes of every program of this package: `pytest`, `clue-gate` and its commands share one table."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a program ended; the numbers are pytest's."""

    PASSED = 0
    """No gate and no snapshot failed, and the profile's demands are met; or a command did what it was asked for."""

    NOT_PASSED = 1
    """Something failed, or the run is broken: it judged nothing, not all, or could have shown nothing."""

    INTERRUPTED = 2
    """Ended by the user before its end."""

    CRASHED = 3
    """A mistake of this package's or of a plugin's."""

    UNUSABLE = 4
    """An option, a file or a model can't be used; one line says which and what to do."""

    NOTHING_SELECTED = 5
    """No test is of that name or mark."""
