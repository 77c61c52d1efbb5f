"""What a report shows of a run, built once when the run is over and handed to every report."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from clue_lib.judging import State, Verdict, ruling
from clue_lib.report import averages
from clue_lib.report.averages import Average
from clue_lib.report.blind import blind
from clue_lib.report.causes import causes
from clue_lib.report.command import command
from clue_lib.report.hollow import hollow
from clue_lib.report.signature import signature
from clue_lib.report.worst_slices import WorstSlice
from clue_lib.types import RunInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole run as reports show it; never a model's text. `command` reproduces it, given its data and thresholds.

    `signature` is the line that papers and model cards quote. `worst_slices` are the groups that lost most, empty where
    there is no table of examples to tell them from; of private data they have keyed names.
    """

    run: RunInfo
    verdicts: tuple[Verdict, ...]
    averages: tuple[Average, ...]
    state: State
    passed: bool
    headline: str
    command: str
    signature: str
    worst_slices: tuple[WorstSlice, ...] = ()

    @property
    def causes(self) -> str:
        """The ways to fail that surely became more frequent, in words; empty where none did."""
        return causes(self.verdicts)

    @property
    def blind(self) -> str:
        """Which tasks the baseline can't do, or did not come to answer, in sentences; empty where it can do each."""
        return blind(self.verdicts, self.run.thoughts)

    @property
    def hollow(self) -> str:
        """That less invention beside lost quality is no gain, in a sentence; empty where there is no such thing."""
        return hollow(self.verdicts)

    @property
    def title(self) -> str:
        """The headline, after the state where that is broken."""
        return f"BROKEN: {self.headline}" if self.state == "broken" else self.headline

    @property
    def n_gates(self) -> int:
        """How many gates could fail the run: monitors are no gates."""
        return sum(verdict.gate.role != "monitor" for verdict in self.verdicts)

    @property
    def n_judged(self) -> int:
        """How many of these compared anything."""
        return sum(verdict.comparison is not None and verdict.gate.role != "monitor" for verdict in self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The gates that fail the run; of a candidate that was rejected early, those that were reached."""
        return tuple(verdict for verdict in self.verdicts if verdict.has_failed)

    @property
    def has_failed_as_a_whole(self) -> bool:
        """Whether something else than a gate fails the run: a snapshot, a profile's demand, or early rejection."""
        is_other = bool(self.run.failed_snapshots) or self.run.early.is_rejected
        return is_other or not (self.passed or self.failed)

    @property
    def undecided(self) -> tuple[Verdict, ...]:
        """The gates that don't fail the run, but could not be decided."""
        return tuple(verdict for verdict in self.verdicts if verdict.ok and verdict.outcome == "UNDECIDED")


def of_run(info: RunInfo, verdicts: Sequence[Verdict]) -> Document:
    """The document of a finished run."""
    compared = [verdict.comparison for verdict in verdicts if verdict.comparison is not None]
    return Document(
        run=info,
        verdicts=tuple(_without_texts(verdict) for verdict in verdicts),
        averages=averages.of_run(compared, info.tasks, baseline=info.baseline.name, candidate=info.candidate.name),
        state=ruling.state(info, verdicts),
        passed=ruling.passed(info, verdicts),
        headline=ruling.headline(info, verdicts),
        command=command(info),
        signature=signature(info, ruling.state(info, verdicts)),
    )


def _without_texts(verdict: Verdict) -> Verdict:
    """The verdict without the answers that a failed test shows."""
    if verdict.comparison is None or not verdict.comparison.worst:
        return verdict
    return dataclasses.replace(verdict, comparison=dataclasses.replace(verdict.comparison, worst=()))
