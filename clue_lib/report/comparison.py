"""Several candidates that were judged against one base, side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from clue_lib.errors import ReportError
from clue_lib.report.document import Document, Row
from clue_lib.report.figures import points
from clue_lib.text import printable, shorten

NAME_WIDTH = 24


def check_comparable(documents: Mapping[Path, Document]) -> None:
    """Raise ReportError unless all runs have the same base, data, prompts, limit, seed and thresholds."""
    first, *others = documents.items()
    for path, document in others:
        for what, ours in _conditions(first[1]).items():
            if _conditions(document)[what] != ours:
                raise ReportError(f"{path}: another {what} than in {first[0]}; judge all candidates alike")


def render(documents: Sequence[Document]) -> str:
    """Lines for a terminal: each candidate's verdict, then Δ and outcome on CLUE's metrics and the whole run."""
    names = [shorten(document.run.candidate.name, NAME_WIDTH) for document in documents]
    verdicts = [(name, printable(document.title)) for name, document in zip(names, documents, strict=True)]
    gates = {row.id: row for document in documents for row in document.gates if row.kind in {"clue", "run"}}
    by_id = [{row.id: row for row in document.gates} for document in documents]
    rows = [
        [f"{gate.task} {gate.metric}", *(_cell(of_run.get(gate.id)) for of_run in by_id)] for gate in gates.values()
    ]
    worse = [["gates failed", *(str(len(document.failed)) for document in documents)]]
    parts = [
        f"base {printable(documents[0].run.baseline.name)}",
        tabulate(verdicts, tablefmt="plain"),
        tabulate([*rows, *worse], headers=["Δ, points", *names], tablefmt="plain", disable_numparse=True),
        warning(len(documents)),
    ]
    return "\n\n".join(parts)


def warning(n: int) -> str:
    """What choosing among several candidates does to a test set."""
    return (
        f"{n} candidates were judged on the same examples. The best of several looks better than it is, and each look "
        "wears the test set out:\nconfirm the one you choose on data that none of them was chosen by."
    )


def _conditions(document: Document) -> dict[str, object]:
    run = document.run
    return {
        "base": (dict(run.baseline.identity), dict(run.baseline.engine)),
        "set of data (by digest)": {task.name: (task.data_digest, task.n_scored) for task in run.tasks},
        "set of prompts (by digest)": {task.name: task.prompts_digest for task in run.tasks},
        "limit or seed": (run.limit, run.seed),
        "thresholds file (by digest)": run.thresholds_digest,
    }


def _cell(row: Row | None) -> str:
    return "" if row is None else f"{points(row.delta)} {row.outcome}"
