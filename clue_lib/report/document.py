"""What a report shows of a run: gate.json as values. Made from verdicts, or read back from a report folder."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from clue_lib.errors import ReportError
from clue_lib.judging.ruling import headline
from clue_lib.judging.thresholds import WHOLE_RUN
from clue_lib.judging.verdict import Verdict
from clue_lib.metrics import METRICS
from clue_lib.report import averages
from clue_lib.report.averages import Average
from clue_lib.report.command import command
from clue_lib.report.demands import shortfall
from clue_lib.tasks import TASKS
from clue_lib.types import Outcome, Role, RunInfo, Tier

SCHEMA_VERSION = 1
GATE_FILE = "gate.json"
EXAMPLES_FILE = "examples.parquet"
PAGES = ("report.html", "report.md")

Kind = Literal["clue", "run", "failure mode", "other"]
"""A metric of the paper's, one over the whole run, a way to fail, or another metric of a task."""

State = Literal["pass", "fail", "inconclusive", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One gate with its verdict. Figures are shares; None where nothing was compared, or there is no finite one.

    `margin_reason`, `file`, `table`, `floor` and `ceiling` are the thresholds file's; `better` says which direction of
    the rates is good, `delta` and its bounds are oriented already: positive is better.
    """

    id: str
    task: str
    metric: str
    kind: Kind
    family: str | None
    better: Literal["higher", "lower"]
    role: Role
    margin: float
    margin_reason: str
    file: str
    table: str
    floor: float | None
    ceiling: float | None
    outcome: Outcome
    ok: bool
    reason: str
    p_adjusted: float | None = None
    tier: Tier | None = None
    method: str | None = None
    n: int | None = None
    n_excluded: int | None = None
    n_clusters: int | None = None
    freedom: float | None = None
    design_effect: float | None = None
    baseline: float | None = None
    candidate: float | None = None
    delta: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    mde: float | None = None
    n_worse: int | None = None
    n_better: int | None = None
    signature: str | None = None

    @property
    def has_moved(self) -> bool:
        """Whether a reader must see it: it fails or errs, its bounds exclude no change, or it is past its margin."""
        if not self.ok or self.outcome in {"REGRESSED", "IMPROVED", "ERROR"}:
            return True
        beyond = self.delta is not None and self.delta < -self.margin
        return beyond or (self.upper is not None and self.upper < 0)

    @property
    def is_shown(self) -> bool:
        """Whether a short table shows it: the paper's metrics and those of the whole run always, others if moved."""
        return self.kind in {"clue", "run"} or self.has_moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole run as gate.json holds it; never a model's text."""

    schema: int
    state: State
    passed: bool
    headline: str
    command: str
    run: RunInfo
    averages: tuple[Average, ...]
    gates: tuple[Row, ...]

    @property
    def title(self) -> str:
        """The headline, after the state where it does not begin with that."""
        word = self.state.upper()
        return self.headline if self.headline.startswith(word) else f"{word}: {self.headline}"

    @property
    def n_judged(self) -> int:
        """How many gates compared anything."""
        return sum(gate.delta is not None for gate in self.gates)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The gates that fail the run."""
        return tuple(gate for gate in self.gates if not gate.ok)

    @property
    def inconclusive(self) -> tuple[Row, ...]:
        """The gates that don't fail the run, but could not be decided."""
        return tuple(gate for gate in self.gates if gate.ok and gate.outcome == "INCONCLUSIVE")


def of_run(info: RunInfo, verdicts: Sequence[Verdict]) -> Document:
    """The document of a finished run."""
    gates = tuple(map(row, verdicts))
    compared = [verdict.comparison for verdict in verdicts if verdict.comparison]
    return Document(
        schema=SCHEMA_VERSION,
        state=state(info, gates),
        passed=passed(info, gates),
        headline=shortfall(info, gates) or headline(verdicts, info.failed_snapshots),
        command=command(info),
        run=info,
        averages=averages.of_run(compared, info.tasks, baseline=info.baseline.name, candidate=info.candidate.name),
        gates=gates,
    )


def row(verdict: Verdict) -> Row:
    """One verdict as a report shows it."""
    gate, found = verdict.gate, verdict.comparison
    figures: dict[str, Any] = {} if found is None else {name: _finite(getattr(found, name)) for name in _FIGURES}
    if found is not None and not found.has_levels:
        figures |= {"baseline": None, "candidate": None}
    return Row(
        id=gate.id,
        task=gate.task,
        metric=gate.metric,
        kind=kind_of(gate.task, gate.metric),
        family=METRICS[gate.metric].family if gate.metric in METRICS else None,
        better=better_of(gate.metric),
        role=gate.role,
        margin=gate.margin,
        margin_reason=gate.reason,
        file=gate.file,
        table=gate.table,
        floor=gate.floor,
        ceiling=gate.ceiling,
        outcome=verdict.outcome,
        ok=verdict.ok,
        reason=verdict.reason,
        p_adjusted=verdict.p_adjusted,
        **figures,
    )


def read(path: Path) -> Document:
    """The document of a report folder, or of a gate.json itself.

    Raises ReportError where there is none, or it is not one of this version's.
    """
    file = path / GATE_FILE if os.path.isdir(path) else path  # `Path.is_dir` raises where a name is too long
    try:
        document = msgspec.json.decode(file.read_bytes(), type=Document)
    except OSError as error:
        raise ReportError(f"{file}: {error.strerror}; name a run's report folder, which holds {GATE_FILE}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{file}: {error}; it is no {GATE_FILE} of schema {SCHEMA_VERSION}: run the gate") from error
    if document.schema != SCHEMA_VERSION:
        raise ReportError(f"{file}: schema {document.schema}, this version reads {SCHEMA_VERSION}: run the gate again")
    return document


def passed(info: RunInfo, gates: Sequence[Row]) -> bool:
    """Whether no gate and no snapshot failed and the profile's demands are met."""
    return all(gate.ok for gate in gates) and not info.failed_snapshots and not shortfall(info, gates)


def state(info: RunInfo, gates: Sequence[Row]) -> State:
    """What a run says in one word.

    A gate that failed for certain outweighs one that could not be judged, that a failed snapshot, and that one what is
    only undecided. A run is inconclusive if its only failures are, or if it passed with a `primary` undecided.
    """
    failed = {gate.outcome for gate in gates if not gate.ok}
    if failed - {"ERROR", "INCONCLUSIVE"}:
        return "fail"
    if "ERROR" in failed or shortfall(info, gates):
        return "broken"
    if info.failed_snapshots:
        return "fail"
    undecided = any(gate.role == "primary" and gate.outcome == "INCONCLUSIVE" for gate in gates)
    return "inconclusive" if failed or undecided else "pass"


def kind_of(task: str, metric: str) -> Kind:
    """What sort of metric it is in that task."""
    if task in WHOLE_RUN:
        return "run"
    if task in TASKS and metric in TASKS[task].clue_metrics:
        return "clue"
    return "failure mode" if better_of(metric) == "lower" else "other"


def better_of(metric: str) -> Literal["higher", "lower"]:
    """The good direction of a metric, or of a family of failure modes."""
    if metric in METRICS:
        return METRICS[metric].better
    return "lower" if metric in WHOLE_RUN["families"] else "higher"


_FIGURES = (
    *("tier", "method", "n", "n_excluded", "n_clusters", "freedom", "design_effect", "baseline", "candidate"),
    *("delta", "lower", "upper", "p", "mde", "n_worse", "n_better", "signature"),
)


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
