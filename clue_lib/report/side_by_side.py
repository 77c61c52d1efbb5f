"""Several candidates that were judged against one base, side by side."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from clue_lib.errors import ReportError
from clue_lib.judging import Verdict
from clue_lib.report.document import Document
from clue_lib.report.figures import WIDTH, change, delta
from clue_lib.report.shown import is_main
from clue_lib.text import printable, shorten

NAME_WIDTH = 23
PER_TABLE = 2
"""Candidates in one table: more are wider than a terminal."""


def check_comparable(documents: Mapping[Path, Document]) -> None:
    """Raise ReportError unless all runs have the same base, data, prompts, rules and gates."""
    (first, first_document), *others = documents.items()
    expected = _conditions(first_document)
    for path, document in others:
        conditions = _conditions(document)
        for what, value in expected.items():
            if conditions[what] != value:
                raise ReportError(
                    f"{path}: another {what} than in {first}; judge all candidates with the same settings"
                )


def render(runs: Mapping[Path, Document]) -> str:
    """Lines for a terminal, of comparable runs: verdicts, then how CLUE's metrics and the whole run changed."""
    labels, documents = names(runs), list(runs.values())
    titles = [(name, _title(document)) for name, document in zip(labels, documents, strict=True)]
    gates = [verdict.gate for verdict in documents[0].verdicts if is_main(verdict.gate)]
    headings = ["change, points", *(f"{gate.task} {gate.metric}" for gate in gates), "gates failed"]
    ids = [gate.id for gate in gates]
    columns = [_column(name, document, ids) for name, document in zip(labels, documents, strict=True)]
    tables = [
        _plain(zip(headings, *columns[i : i + PER_TABLE], strict=True)) for i in range(0, len(columns), PER_TABLE)
    ]
    parts = [
        f"base {shorten(documents[0].run.baseline.name, WIDTH - 5)}",
        _plain(titles),
        *tables,
        "\n".join(textwrap.wrap(warning(len(documents)), WIDTH)),
    ]
    return "\n\n".join(parts)


def warning(n: int) -> str:
    """What choosing among several candidates does to a test set."""
    return (
        f"{n} candidates were judged on the same examples. The best of several looks better than it is, and each look "
        "wears the test set out: confirm the one you choose on data that none of them was chosen by."
    )


def _plain(rows: Iterable[Sequence[str]]) -> str:
    return tabulate(list(rows), tablefmt="plain", disable_numparse=True)


def names(runs: Mapping[Path, Document]) -> list[str]:
    """The candidates' names, or the report folders' where the names don't tell them apart."""
    given = [shorten(document.run.candidate.name, NAME_WIDTH) for document in runs.values()]
    if len(set(given)) == len(given):
        return given
    return [shorten(str(path)[-NAME_WIDTH:], NAME_WIDTH) for path in runs]


def _title(document: Document) -> str:
    """The headline in lines that fit beside a name."""
    return "\n".join(textwrap.wrap(printable(document.title), WIDTH - NAME_WIDTH - 2, break_on_hyphens=False))


def _conditions(document: Document) -> dict[str, object]:
    run = document.run
    return {
        "base": (run.baseline.identity, run.baseline.engine),
        "set of data (by digest)": {task.name: (task.data_digest, task.n_scored) for task in run.tasks},
        "set of prompts (by digest)": {task.name: task.prompts_digest for task in run.tasks},
        "limit or seed": (run.limit, run.seed),
        "thresholds file (by digest)": run.thresholds_digest,
        "profile": run.profile,
        "scoring": run.scoring,
        "set of gates": {verdict.gate.id for verdict in document.verdicts},  # the correction runs over them
    }


def _column(name: str, document: Document, ids: Iterable[str]) -> list[str]:
    verdicts = {verdict.gate.id: verdict for verdict in document.verdicts}
    return [name, *(_cell(verdicts[id_]) for id_ in ids), str(len(document.failed))]


def _cell(verdict: Verdict) -> str:
    return f"{change(delta(verdict))} {verdict.word}"
