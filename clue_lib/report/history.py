"""One gate over several releases of a model: each release's change from the same base, with its bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from clue_lib.errors import ReportError
from clue_lib.judging import State, Verdict
from clue_lib.report.document import Document
from clue_lib.report.figures import baseline, bounds, candidate, change, delta, percent
from clue_lib.report.shown import is_main
from clue_lib.report.side_by_side import names
from clue_lib.text import close_to, shorten
from clue_lib.types import Gate

OVERALL = "averages.overall"

HEADINGS = ("release", "base", "candidate", "change", "bounds", "outcome", "run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release under the name that tells it from the others: its verdict on the gate, and the run's state."""

    name: str
    verdict: Verdict
    state: State

    @property
    def row(self) -> tuple[str, ...]:
        """Its line of the table, by `HEADINGS`."""
        verdict = self.verdict
        values = (percent(baseline(verdict)), percent(candidate(verdict)), change(delta(verdict)), bounds(verdict))
        return (self.name, *values, verdict.word, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The releases in the order in which their folders were named, with what they were all held against."""

    base: str
    gate: Gate
    releases: tuple[Release, ...]

    @property
    def title(self) -> str:
        """What is followed."""
        return f"{self.gate.task} {self.gate.metric}"


def of_runs(runs: Mapping[Path, Document], wanted: str | None = None) -> History:
    """One gate of comparable runs: `wanted` as `mednli.accuracy` or by its whole id; by default the overall average.

    Where that was not judged it is the first of the main gates that was. Raises ReportError where no gate is so named.
    """
    documents = list(runs.values())
    id_ = _default(documents) if wanted is None else _named(wanted, documents[0])
    releases = []
    for name, document in zip(names(runs), documents, strict=True):
        verdict = next(verdict for verdict in document.verdicts if verdict.gate.id == id_)
        releases.append(Release(name=name, verdict=verdict, state=document.state))
    return History(base=documents[0].run.baseline.name, gate=releases[-1].verdict.gate, releases=tuple(releases))


def table(history: History) -> str:
    """Lines for a terminal, a release each."""
    gate = history.gate
    heading = (
        f"{history.title} against {shorten(history.base, 40)}, in percent and points; margin {percent(gate.margin)}"
    )
    rows = [release.row for release in history.releases]
    return f"{heading}\n\n{tabulate(rows, headers=HEADINGS, tablefmt='plain', disable_numparse=True)}"


def page(history: History) -> str:
    """The history as one page that needs no network."""
    from clue_lib.report.html import history_page
    from clue_lib.report.timeline import timeline

    marks = [(release.name, release.verdict) for release in history.releases]
    return history_page(history, HEADINGS, timeline(marks, title=f"{history.title} over releases"))


def _default(documents: Sequence[Document]) -> str:
    """The overall average where any run has it, else the first main gate that compared something in any of them."""
    judged = {
        verdict.gate.id: verdict.gate
        for document in documents
        for verdict in document.verdicts
        if verdict.comparison is not None and is_main(verdict.gate)
    }
    if not judged:
        raise ReportError("history: these runs judged nothing; name report folders of runs that did")
    return OVERALL if OVERALL in judged else next(iter(judged))


def _named(wanted: str, document: Document) -> str:
    gates = [verdict.gate for verdict in document.verdicts]
    ids = {gate.id: gate.id for gate in gates} | {f"{gate.task}.{gate.metric}": gate.id for gate in gates}
    if wanted not in ids:
        main = [f"{gate.task}.{gate.metric}" for gate in gates if is_main(gate)]
        meant = close_to(wanted, ids)
        hint = f"did you mean {meant}?" if meant else f"they have {', '.join(main)} and more"
        raise ReportError(f"--metric={wanted}: these runs have no such gate; {hint}")
    return ids[wanted]
