"""What an experiment tracker keeps of a run: the verdict, what reproduces it, every gate's figures, the reports.

Of data under an agreement no example leaves: the page and the table, which hold one row for each, stay here.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from clue_lib.report import EXAMPLES_FILE, GATE_FILE, PAGES, Document
from clue_lib.text import printable
from clue_lib.types import PRIVATE_TIERS, ModelInfo, RunInfo

_OF_EXAMPLES = (PAGES[0], EXAMPLES_FILE)
"""The report files that hold a row for every example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLog:
    """A run as trackers take it. `metrics` are shares in 0..1 by `<gate>/<figure>`, positive is better.

    `params` are what reproduces the run, `tags` its verdict, `outcomes` the word of each gate that was judged, by its
    id. `files` are the reports to keep with it.
    """

    name: str
    params: dict[str, str]
    tags: dict[str, str]
    outcomes: dict[str, str]
    metrics: dict[str, float]
    files: tuple[Path, ...]


def of_document(document: Document, folder: Path) -> RunLog:
    """The log of a run whose reports lie in the folder; a file that was not written is left out."""
    return RunLog(
        name=printable(document.run.candidate.name),
        params={_key(name): printable(value) for name, value in _params(document).items()},
        tags={"state": document.state, "passed": str(document.passed), "headline": printable(document.title)},
        outcomes={_key(verdict.gate.id): verdict.word for verdict in document.verdicts if verdict.outcome is not None},
        metrics=_metrics(document),
        files=tuple(path for name in _names(document.run) if (path := folder / name).is_file()),
    )


def _names(run: RunInfo) -> list[str]:
    names = [GATE_FILE, *PAGES, EXAMPLES_FILE]
    if any(task.tier in PRIVATE_TIERS for task in run.tasks):
        return [name for name in names if name not in _OF_EXAMPLES]
    return names


def _params(document: Document) -> dict[str, str]:
    """The run's signature: the call, both models, the engine, the rules and the data, by digest."""
    run = document.run
    params = {
        "clue_gate": run.version,
        "command": document.command,
        "profile": run.profile,
        "seed": str(run.seed),
        "limit": "none" if run.limit is None else str(run.limit),
        "thresholds": f"{run.thresholds} {run.thresholds_digest}",
        "engine": run.candidate.engine.label,
    }
    params |= _model("baseline", run.baseline) | _model("candidate", run.candidate)
    for task in run.tasks:
        params[f"data.{task.name}"] = f"{task.data}, {task.tier}, {task.n_scored} scored, {task.data_digest}"
        params[f"prompts.{task.name}"] = task.prompts_digest
    return params


def _model(side: str, model: ModelInfo) -> dict[str, str]:
    held = {f"{side}.{name}": value for name, value in model.identity.known.items()}
    return {side: model.name} | held


def _metrics(document: Document) -> dict[str, float]:
    """Every compared gate's figures; a bound that the data does not set is left out, and so is an unknown value."""
    metrics = {"passed": float(document.passed)}
    for verdict in document.verdicts:
        figures: dict[str, float] = {"ok": float(verdict.ok), "margin": verdict.gate.margin}
        if verdict.comparison is not None:
            inference, levels = verdict.comparison.inference, verdict.comparison.levels
            figures |= {"difference": inference.delta, "lower": inference.lower, "upper": inference.upper}
            if levels is not None:
                figures |= {"baseline": levels.baseline, "candidate": levels.candidate}
        key = _key(verdict.gate.id)
        metrics |= {f"{key}/{name}": value for name, value in figures.items() if math.isfinite(value)}
    return metrics


def _key(name: str) -> str:
    """A name of letters, digits and `_-.` alone, which every tracker takes."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)
