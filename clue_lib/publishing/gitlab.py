"""What GitLab shows of a run in a merge request, beside JUnit: its code quality report and its metrics report.

The forms are GitLab's: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format and
https://docs.gitlab.com/ci/testing/metrics_reports/, whose text is OpenMetrics (https://openmetrics.io).
"""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from clue_lib import files, sealed
from clue_lib.judging import Verdict, thresholds_file
from clue_lib.report import Document, figures
from clue_lib.report.file_names import CODE_QUALITY_FILE, METRICS_FILE
from clue_lib.text import printable
from clue_lib.types import Gate

Severity = Literal["info", "minor", "major", "critical", "blocker"]


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """Where a problem begins, from 1."""

    begin: int


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where GitLab shows a problem: a file's path from the repository's root, and a line of it."""

    path: str
    lines: Lines


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the code quality report; one `fingerprint` in two branches is one problem."""

    description: str
    check_name: str
    fingerprint: str
    severity: Severity
    location: Location


def write(folder: Path, document: Document) -> None:
    """Write both reports into the folder. Raises StoreError where that can't be."""
    texts = _texts({verdict.gate.file for verdict in document.verdicts})
    reports = {CODE_QUALITY_FILE: code_quality(document, texts), METRICS_FILE: metrics(document)}
    for name, text in reports.items():
        sealed.put(folder / name, text.encode(), hint=" with --report-dir")


def code_quality(document: Document, texts: Mapping[str, str]) -> str:
    """The gates that failed or are undecided, and a run that failed otherwise, as GitLab's JSON; `[]` where none is.

    Each lies where its margin stands; `texts` are the thresholds files' by name, as far as they can be read.
    """
    issues = [_issue(verdict, texts) for verdict in (*document.failed, *document.undecided)]
    if document.has_failed_as_a_whole:
        issues.insert(0, _issue_of_run(document))
    return json.dumps(msgspec.to_builtins(issues), indent=2, ensure_ascii=False) + "\n"


def metrics(document: Document) -> str:
    """Every gate's difference, bounds and margin, and whether it is ok, as OpenMetrics; monitors are no gates.

    Shares in 0..1; what the data does not bound is infinite, and where nothing was compared there is `ok` alone.
    """
    gates = [verdict for verdict in document.verdicts if verdict.gate.role != "monitor"]
    compared = [(verdict.gate, verdict.comparison.inference) for verdict in gates if verdict.comparison is not None]
    lines = [
        *_family("passed", "1 where nothing failed the run"),
        f"clue_gate_passed {int(document.passed)}",
        *_family("ok", "1 where the gate does not fail the run"),
        *(_sample("ok", verdict.gate, float(verdict.ok)) for verdict in gates),
        *_family("difference", "candidate minus baseline, positive is better"),
        *(_sample("difference", gate, inference.delta) for gate, inference in compared),
        *_family("lower_bound", "one-sided lower bound of the difference"),
        *(_sample("lower_bound", gate, inference.lower) for gate, inference in compared),
        *_family("upper_bound", "one-sided upper bound of the difference"),
        *(_sample("upper_bound", gate, inference.upper) for gate, inference in compared),
        *_family("margin", "the drop that is tolerated"),
        *(_sample("margin", gate, gate.margin) for gate, _ in compared),
        "# EOF",
    ]
    return "\n".join(lines) + "\n"


def _family(name: str, help_: str) -> tuple[str, str]:
    return f"# TYPE clue_gate_{name} gauge", f"# HELP clue_gate_{name} {help_}"


def _sample(name: str, gate: Gate, value: float) -> str:
    """One line; six significant digits, for GitLab compares values as text."""
    label = printable(gate.id).replace("\\", "\\\\").replace('"', '\\"')
    written = f"{value:.6g}" if math.isfinite(value) else "+Inf" if value > 0 else "-Inf"
    return f'clue_gate_{name}{{gate="{label}"}} {written}'


def _issue(verdict: Verdict, texts: Mapping[str, str]) -> Issue:
    gate = verdict.gate
    told = f"{verdict.word} {gate.task} {gate.metric}: {verdict.reason}"
    if verdict.comparison is not None:
        told += f"; {figures.change(figures.delta(verdict))}, bounds {figures.bounds(verdict)}, in points"
    return Issue(
        description=printable(told),
        check_name=printable(gate.id),
        fingerprint=_fingerprint(gate.id),
        severity=_severity(verdict),
        location=_location(gate, texts.get(gate.file, "")),
    )


def _issue_of_run(document: Document) -> Issue:
    """What failed the run without being a gate: snapshots, or a profile's demands."""
    return Issue(
        description=printable(document.title),
        check_name="clue-gate",
        fingerprint=_fingerprint("clue-gate"),
        severity="critical",
        location=Location(path=_path(document.run.thresholds), lines=Lines(begin=1)),
    )


def _severity(verdict: Verdict) -> Severity:
    """`critical` fails the run and is of a primary gate, `major` fails it, `minor` is undecided and does not."""
    if verdict.ok:
        return "minor"
    return "critical" if verdict.gate.role == "primary" else "major"


def _location(gate: Gate, text: str) -> Location:
    """The line of the gate's table; the first line where the file can't be read."""
    heads = [line.split("#")[0].strip() for line in text.splitlines()]
    head = f"[{gate.table}]"
    return Location(path=_path(gate.file), lines=Lines(begin=heads.index(head) + 1 if head in heads else 1))


def _path(name: str) -> str:
    """The thresholds file as GitLab links it; the suite's own has no place in the user's repository."""
    if name == thresholds_file.SUITES_OWN:
        return thresholds_file.NAME
    return printable(os.path.relpath(name) if os.path.isabs(name) else os.path.normpath(name))


def _fingerprint(name: str) -> str:
    return hashlib.sha256(f"clue-gate {name}".encode("utf-8", "surrogatepass")).hexdigest()


def _texts(names: Iterable[str]) -> dict[str, str]:
    """What the thresholds files hold, by name, as far as they can be read from here."""
    texts = {}
    for name in names:
        try:
            texts[name] = files.read_text(Path(name))
        except (OSError, ValueError):  # ValueError: no UTF-8, or no name that a path can have
            continue
    return texts
