"""The experiment trackers that `--log` knows: whether each can be used, and a run's logging, which fails in a line."""

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from clue_lib.errors import MISTAKES_IN_CODE, ClueError, MissingExtra, OptionError
from clue_lib.publishing import mlflow_log, wandb_log
from clue_lib.publishing.run_log import RunLog
from clue_lib.text import shorten, suggestion

Tracker = Literal["mlflow", "wandb"]

TITLES: dict[Tracker, str] = {"mlflow": "MLflow", "wandb": "W&B"}

_WRITERS: dict[Tracker, Callable[[RunLog], str]] = {"mlflow": mlflow_log.write, "wandb": wandb_log.write}

_ERRORS: dict[Tracker, tuple[str, str]] = {
    "mlflow": ("mlflow.exceptions", "MlflowException"),
    "wandb": ("wandb.errors", "Error"),
}
"""Each tracker's own error: module and name."""

_WIDTH = 300
"""Characters of a tracker's own message that are shown."""


def read(names: Sequence[str]) -> tuple[Tracker, ...]:
    """The trackers of these names, each once.

    Raises OptionError for a name that is none, MissingExtra where its package is not installed.
    """
    trackers: dict[Tracker, None] = {}
    for name in names:
        known = {tracker: tracker for tracker in get_args(Tracker)}
        if name not in known:
            raise OptionError(f"--log={name}: no such tracker; {suggestion(name, known)}")
        if not _is_installed(name):
            raise MissingExtra(f"--log={name} needs the package {name}: pip install 'clue-gate[{name}]'")
        trackers[known[name]] = None
    return tuple(trackers)


def _is_installed(package: str) -> bool:
    """Whether it can be imported; a folder of that name, such as W&B's own `wandb`, is no package."""
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None


def write(tracker: Tracker, log: RunLog) -> str:
    """Log the run, and say where, or in one line why it is not logged: the run's verdict stands either way."""
    with warnings.catch_warnings():  # a session that makes errors of warnings means its own
        warnings.simplefilter("ignore")
        try:
            where = _WRITERS[tracker](log)
        except _failures(tracker) as error:
            return f"not logged to {TITLES[tracker]}: {shorten(str(error) or type(error).__name__, _WIDTH)}"
    return f"logged to {TITLES[tracker]}: {shorten(where, _WIDTH)}"


def _failures(tracker: Tracker) -> tuple[type[Exception], ...]:
    """All that logging may raise: Python's own errors, ours, and the tracker's where it can be imported at all."""
    failures: tuple[type[Exception], ...] = (ClueError, *MISTAKES_IN_CODE)
    module, name = _ERRORS[tracker]
    try:
        own = getattr(importlib.import_module(module), name)
    except MISTAKES_IN_CODE:
        return failures
    return (*failures, own)
