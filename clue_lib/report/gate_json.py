"""gate.json: the run and every verdict, for programs. Holds figures, ids of gates and digests; never a model's text.

`gate.schema.json` beside this module describes it.
"""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from clue_lib import files, sealed
from clue_lib.errors import ReportError
from clue_lib.judging import State, Verdict
from clue_lib.report import gate_reading, gate_record
from clue_lib.report.averages import Average
from clue_lib.report.document import Document
from clue_lib.report.file_names import GATE_FILE
from clue_lib.report.worst_slices import WorstSlice
from clue_lib.text import printable
from clue_lib.types import RunInfo

SCHEMA_VERSION = 1


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The file's content, its gates not yet read."""

    schema: int
    state: State
    passed: bool
    headline: str
    command: str
    signature: str = ""
    run: RunInfo
    averages: tuple[Average, ...]
    worst_slices: tuple[WorstSlice, ...] = ()
    gates: tuple[msgspec.Raw, ...]


def records(document: Document) -> list[dict[str, object]]:
    """Every gate with its verdict as plain values by key, as gate.json has them."""
    return [gate_record.encode(verdict) for verdict in document.verdicts]


def render(document: Document) -> bytes:
    """The document as UTF-8 JSON, keys in a fixed order, two spaces of indent; `?` for what UTF-8 can't hold."""
    content = {
        "schema": SCHEMA_VERSION,
        "state": document.state,
        "passed": document.passed,
        "headline": document.headline,
        "command": document.command,
        "signature": document.signature,
        "run": msgspec.to_builtins(document.run),
        "averages": msgspec.to_builtins(document.averages),
        "worst_slices": msgspec.to_builtins(document.worst_slices),
        "gates": records(document),
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def write(path: Path, document: Document) -> None:
    """Write the document, whole or not at all, making folders as needed. Raises StoreError when that fails."""
    sealed.put(path, render(document), hint=" with --report-dir")


def read(path: Path) -> Document:
    """The document of a report folder, or of a gate.json itself.

    Raises ReportError where there is none, it is not one of this version's, or a gate stands there twice: a repeated
    gate would fill the place of one that was taken out.
    """
    file = path / GATE_FILE if os.path.isdir(path) else path  # `Path.is_dir` raises where a name is too long
    try:
        content = msgspec.json.decode(files.read_json(file), type=_File)
        verdicts = tuple(gate_reading.decode(gate) for gate in content.gates)
    except OSError as error:
        raise ReportError(f"{file}: {error.strerror}; name a run's report folder, which holds {GATE_FILE}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ReportError) as error:
        raise ReportError(f"{file}: {error}; it is no {GATE_FILE} of schema {SCHEMA_VERSION}: run the gate") from error
    if content.schema != SCHEMA_VERSION:
        raise ReportError(f"{file}: schema {content.schema}, this version reads {SCHEMA_VERSION}: run the gate again")
    if gate := _first_repeated(verdicts):
        raise ReportError(f"{file}: {gate} stands there twice; it was changed or damaged: run the gate again")
    return Document(
        run=content.run,
        verdicts=verdicts,
        averages=content.averages,
        state=content.state,
        passed=content.passed,
        headline=content.headline,
        command=content.command,
        signature=content.signature,
        worst_slices=content.worst_slices,
    )


def _first_repeated(verdicts: Sequence[Verdict]) -> str:
    """The first id that two gates have; empty where each has its own."""
    counts = Counter(verdict.gate.id for verdict in verdicts)
    return next((id_ for id_, n in counts.items() if n > 1), "")


def properties(verdict: Verdict) -> list[tuple[str, object]]:
    """One verdict's figures as JUnit properties, text as one harmless line; what is not known is left out."""
    known = {name: value for name, value in gate_record.encode(verdict).items() if value is not None}
    return [(name, printable(value) if isinstance(value, str) else value) for name, value in known.items()]
