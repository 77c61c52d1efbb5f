"""What a run tells GitHub: the step's summary, annotations of failed gates, and whether the thresholds were changed."""

import hashlib
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from clue_lib import digests
from clue_lib.errors import ReportError, StoreError
from clue_lib.judging import Verdict, thresholds_file
from clue_lib.report.document import Document
from clue_lib.report.figures import bounds
from clue_lib.text import command_data, command_property, printable

N_ANNOTATIONS = 10
"""GitHub shows ten errors and ten warnings of a step and drops the rest."""


def annotations(document: Document, env: Mapping[str, str]) -> list[str]:
    """Workflow commands, one per line, for each gate that failed or is undecided, and for a run that failed otherwise.

    Empty outside of GitHub's runners. What GitHub would not show any more is counted in the last line of its kind.
    """
    if env.get("GITHUB_ACTIONS") != "true":
        return []
    lines = []
    if document.has_failed_as_a_whole:
        lines.append(_command("error", "CLUE Gate", document.headline))
    return lines + _annotated("error", document.failed) + _annotated("warning", document.undecided)


def _annotated(kind: str, verdicts: Sequence[Verdict]) -> list[str]:
    """A command for each, as many as GitHub shows; the last one counts the others."""
    n_shown = len(verdicts) if len(verdicts) <= N_ANNOTATIONS else N_ANNOTATIONS - 1
    lines = [_command(kind, f"CLUE Gate {verdict.gate.id}", _text(verdict)) for verdict in verdicts[:n_shown]]
    if n_shown < len(verdicts):
        lines.append(_command(kind, "CLUE Gate", f"{len(verdicts) - n_shown} more; the step's summary holds all"))
    return lines


def _text(verdict: Verdict) -> str:
    text = f"{verdict.word}: {verdict.reason}"
    return text if verdict.comparison is None else f"{text}, bounds {bounds(verdict)}"


def add_summary(markdown: str, env: Mapping[str, str]) -> None:
    """Append the report to the step's summary, where GitHub names a file for it. Raises StoreError if it can't."""
    if path := env.get("GITHUB_STEP_SUMMARY"):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(markdown + "\n")
        except OSError as error:
            raise StoreError(f"GITHUB_STEP_SUMMARY={path}: {error.strerror}") from error


def thresholds_note(document: Document, env: Mapping[str, str], base: Path | None = None) -> str:
    """A sentence where this run's thresholds are not the base branch's, or that can't be told; empty elsewhere.

    `base` is the base branch's file; without it, in a pull request, git is asked for the file of the same name on
    GITHUB_BASE_REF. The suite's own file is no branch's. Raises ReportError where `base` can't be read.
    """
    name, branch = document.run.thresholds, env.get("GITHUB_BASE_REF")
    if base is not None:
        try:
            digest = digests.of_file(base)
        except OSError as error:
            raise ReportError(f"--base-thresholds={base}: {error.strerror}; name the base branch's file") from error
        return _note(document, digest, str(base))
    if not branch or name == thresholds_file.SUITES_OWN:
        return ""
    file = Path(name)  # in its own folder, which need not be the one where the gate works
    show = ["git", "-C", str(file.parent), "show", f"origin/{branch}:./{file.name}"]
    try:
        shown = subprocess.run(show, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return printable(
            f"Whether the thresholds are {branch}'s can't be told: origin/{branch} has no {name} here; check out with "
            "fetch-depth: 0, or name the base branch's file with --base-thresholds"
        )
    return _note(document, hashlib.sha256(shown.stdout).hexdigest(), branch)


def _note(document: Document, digest: str, where: str) -> str:
    name, own = document.run.thresholds, document.run.thresholds_file_digest
    if digest == own:
        return ""
    return printable(
        f"Other thresholds than the base branch's: {name} is {own[:12]} here, {digest[:12]} in {where}; read that "
        "change before this verdict"
    )


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={command_property(title)}::{command_data(text)}"
