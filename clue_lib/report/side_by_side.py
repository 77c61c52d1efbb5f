"""Several candidates that were judged against one base, side by side."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from tabulate import tabulate

from clue_lib.errors import ReportError
from clue_lib.report.document import Document, Row
from clue_lib.report.figures import WIDTH, points
from clue_lib.text import printable, shorten

NAME_WIDTH = 23
PER_TABLE = 2
"""Candidates in one table: more are wider than a terminal."""


def check_comparable(documents: Mapping[Path, Document]) -> None:
    """Raise ReportError unless all runs have the same base, data, prompts, rules and gates."""
    first, *others = documents.items()
    for path, document in others:
        for what, ours in _conditions(first[1]).items():
            if _conditions(document)[what] != ours:
                raise ReportError(f"{path}: another {what} than in {first[0]}; judge all candidates alike")


def render(runs: Mapping[Path, Document]) -> str:
    """Lines for a terminal, of comparable runs: verdicts, then Δ and outcome on CLUE's metrics and the whole run."""
    names, documents = _names(runs), list(runs.values())
    verdicts = [(name, _title(document)) for name, document in zip(names, documents, strict=True)]
    gates = {row.id: row for row in documents[0].gates if row.kind in {"clue", "run"}}
    columns = []
    for name, document in zip(names, documents, strict=True):
        rows = {row.id: row for row in document.gates}
        columns.append([name, *(_cell(rows[id_]) for id_ in gates), str(len(document.failed))])
    left = ["Δ, points", *(f"{gate.task} {gate.metric}" for gate in gates.values()), "gates failed"]
    parts = [
        f"base {shorten(documents[0].run.baseline.name, WIDTH - 5)}",
        tabulate(verdicts, tablefmt="plain", disable_numparse=True),
        *(
            tabulate([*zip(left, *columns[i : i + PER_TABLE], strict=True)], tablefmt="plain", disable_numparse=True)
            for i in range(0, len(columns), PER_TABLE)
        ),
        "\n".join(textwrap.wrap(warning(len(documents)), WIDTH)),
    ]
    return "\n\n".join(parts)


def warning(n: int) -> str:
    """What choosing among several candidates does to a test set."""
    return (
        f"{n} candidates were judged on the same examples. The best of several looks better than it is, and each look "
        "wears the test set out: confirm the one you choose on data that none of them was chosen by."
    )


def _names(runs: Mapping[Path, Document]) -> list[str]:
    """The candidates' names, or the report folders' where the names don't tell them apart."""
    names = [shorten(document.run.candidate.name, NAME_WIDTH) for document in runs.values()]
    if len(set(names)) == len(names):
        return names
    return [shorten(str(path)[-NAME_WIDTH:], NAME_WIDTH) for path in runs]


def _title(document: Document) -> str:
    """The verdict in lines that fit beside a name."""
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
        "set of gates": {gate.id for gate in document.gates},  # Holm's correction runs over them
    }


def _cell(row: Row) -> str:
    return f"{points(row.delta)} {row.outcome}"
