"""gate.json: the run and every verdict, for programs. Holds figures, ids of gates and digests; never a model's text."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from clue_lib import averages
from clue_lib.errors import StoreError
from clue_lib.types import RunInfo
from clue_lib.verdict import Verdict, headline

SCHEMA_VERSION = 1


def render(info: RunInfo, verdicts: Sequence[Verdict]) -> bytes:
    """The document as UTF-8 JSON, keys in a fixed order, two spaces of indent."""
    document = {
        "schema": SCHEMA_VERSION,
        "passed": passed(info, verdicts),
        "headline": headline(verdicts),
        "run": info,
        "averages": summary(info, verdicts),
        "gates": [_gate(verdict) for verdict in verdicts],
    }
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def summary(info: RunInfo, verdicts: Sequence[Verdict]) -> tuple[averages.Average, ...]:
    """The run's averages beside the published ones."""
    compared = [verdict.comparison for verdict in verdicts if verdict.comparison]
    return averages.of_run(compared, info.tasks, baseline=info.baseline.name, candidate=info.candidate.name)


def passed(info: RunInfo, verdicts: Sequence[Verdict]) -> bool:
    """Whether every selected gate has a verdict, none failed, and at least one compared anything."""
    judged = any(verdict.comparison is not None for verdict in verdicts)
    return judged and len(verdicts) == info.n_selected and all(verdict.ok for verdict in verdicts)


def properties(verdict: Verdict) -> list[tuple[str, object]]:
    """One verdict's figures as JUnit properties."""
    return [(name, value) for name, value in _gate(verdict).items() if value is not None]


def write(path: Path, info: RunInfo, verdicts: Sequence[Verdict]) -> None:
    """Write the document, making folders as needed. Raises StoreError when that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render(info, verdicts))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; name a writable folder with --report-dir") from error


def _gate(verdict: Verdict) -> dict[str, object]:
    figures = msgspec.to_builtins(verdict.comparison) if verdict.comparison else {}
    for name in ("worst", "task", "metric"):
        figures.pop(name, None)
    return {
        "id": verdict.gate.id,
        "role": verdict.gate.role,
        "margin": verdict.gate.margin,
        "outcome": verdict.outcome,
        "ok": verdict.ok,
        "reason": verdict.reason,
        "p_adjusted": verdict.p_adjusted,
        **figures,
    }
