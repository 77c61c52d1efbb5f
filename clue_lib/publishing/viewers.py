"""A finished run's results for the viewers of other harnesses: each file with its content."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from clue_lib.publishing import inspect_log, lm_eval_results, samples
from clue_lib.publishing.samples import TaskAnswers
from clue_lib.report import Document
from clue_lib.types import Side

SIDES: tuple[Side, ...] = ("baseline", "candidate")


def files(
    document: Document, folder: Path, *, inspect: Path | None, lm_eval: Path | None, at: datetime
) -> dict[Path, str]:
    """The run's results, below each folder that is named: of a run whose reports lie in `folder`.

    Raises ReportError where there is no table of examples, or one that quotes data under an agreement.
    """
    every = samples.of_run(document, folder)
    version = document.run.version
    found: dict[Path, str] = {}
    if inspect is not None:
        names = inspect_log.file_names(every, at)
        logs = [inspect_log.render(answers, version=version, at=at) for answers in every]
        found |= {inspect / name: log for name, log in zip(names, logs, strict=True)}
    if lm_eval is not None and every:
        for side in SIDES:
            found |= _of_harness([answers for answers in every if answers.side == side], lm_eval / side, version, at)
    return found


def _of_harness(every: Sequence[TaskAnswers], folder: Path, version: str, at: datetime) -> dict[Path, str]:
    """The harness's files of one model."""
    results = lm_eval_results.results(every, version=version, at=at)
    found = {folder / lm_eval_results.results_name(at): results}
    for answers in every:
        if text := lm_eval_results.samples(answers):
            found[folder / lm_eval_results.samples_name(answers, at)] = text
    return found
