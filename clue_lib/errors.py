"""What can go wrong, by whose mistake it is.

    ClueError
    ├── UserError            the user can mend it: one line; exit code 4
    │   ├── OptionError      a command-line option
    │   ├── ThresholdsError  a table or key of the thresholds file
    │   ├── ModelError       an alias, repository, folder or adapter
    │   ├── DataError        a data file, with its line where there is one
    │   │   └── MissingData  no file for a task: its gates are NOT RUN, the others are judged
    │   ├── PromptError      a prompt text
    │   ├── TaskError        a task or metric of the user's own
    │   ├── ReportError      a finished run's report folder
    │   └── MissingExtra     a package that a backend or metric needs
    ├── PairingError         two runs differ in more than the model: nothing may be compared
    │   └── NothingMeasured  a metric is undefined for every example: its gate is NOT RUN, the others are judged
    ├── StoreError           the store of generations is damaged or unwritable
    ├── EngineError          the engine failed to start, died or ran out of memory
    └── UnforeseenError      a mistake of this package's, or of one that it uses

A model's mistake is no exception: it is a score of zero and a counted reason.
"""

MISTAKES_IN_CODE = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError),
)
"""What a mistake in a user's own code raises, a backend's or a task's: it is told in one line, with its place."""


class ClueError(Exception):
    """Base of every error this package raises on purpose; its text is one line for the user.

    Where that line quotes what others' code said, which may quote data, `unquoted` is the line without it: of data
    under an agreement it is told instead.
    """

    def __init__(self, text: str = "", *, unquoted: str | None = None) -> None:
        super().__init__(text)
        self.unquoted = unquoted


class UserError(ClueError):
    """The user gave something that can't be used."""


class OptionError(UserError):
    """A command-line option is missing, unknown or contradicts another."""


class ThresholdsError(UserError):
    """The thresholds file names an unknown key, task or metric, or a value out of range."""


class ModelError(UserError):
    """A model can't be found or can't be used as asked."""


class DataError(UserError):
    """A data file is missing, malformed or not the shape its task reads."""


class MissingData(DataError):
    """A task has no data file at all."""


class PromptError(UserError):
    """A prompt text lacks a part, or names a field that the task's examples do not have."""


class TaskError(UserError):
    """A task or metric that a user wrote is half-written, or its name is taken."""


class ReportError(UserError):
    """A finished run's report can't be read, or can't be set beside another."""


class MissingExtra(UserError):
    """A package from an optional extra is needed and not installed."""


class PairingError(ClueError):
    """Baseline and candidate did not answer the same prompts of the same examples under the same engine."""


class NothingMeasured(PairingError):
    """The metric is undefined for every example of the run."""


class StoreError(ClueError):
    """The store of generations can't be read or written."""


class EngineError(ClueError):
    """An engine failed; the text says what to change."""


class UnforeseenError(ClueError):
    """Something that must not happen: a mistake of this package's or of one that it uses, in one line."""
