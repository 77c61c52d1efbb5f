"""CLUE's averages of a run, beside published figures of the same models."""

import csv
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from clue_lib.judging import averages
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, TaskInfo

_PUBLISHED_TASKS = {
    "MedNLI": "mednli",
    "MeQSum": "meqsum",
    "ProblemSummary": "problem_summary",
    "MeDiSumQA": "medisumqa",
    "MeDiSumCode": "medisumcode",
    "NEJM case challenges": "nejm",
    "JAMA case challenges": "jama",
}
_PUBLISHED_METRICS = {
    "Accuracy": "accuracy",
    "ROUGE-1": "rouge1",
    "ROUGE-2": "rouge2",
    "ROUGE-L": "rougeL",
    "BERTScore F1": "bertscore_f1",
    "UMLS F1": "concept_f1",
    "EM F1": "code_f1",
    "AP F1": "category_f1",
    "Valid Codes": "valid_share",
}
_PUBLISHED_SIZES = {"nejm": 347, "jama": 140}


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """One average of both models, None with a `note` where it can't be formed; the published figures where there are.

    Published figures come from other prompts and partly other scoring: to look at, never a gate.
    """

    name: str
    baseline: float | None
    candidate: float | None
    published_baseline: float | None
    published_candidate: float | None
    note: str


def of_run(
    comparisons: Iterable[Comparison], tasks: Sequence[TaskInfo], *, baseline: str, candidate: str
) -> tuple[Average, ...]:
    """Every average that the run's tasks have a part in; `baseline` and `candidate` are the models' aliases."""
    found = list(comparisons)
    sizes = {comparison.task: comparison.n for comparison in found}
    before = averages.of_metrics({(c.task, c.metric): c.baseline for c in found}, sizes)
    after = averages.of_metrics({(c.task, c.metric): c.candidate for c in found}, sizes)
    ours, theirs = published(baseline), published(candidate)
    rows = []
    for name, parts in averages.parts().items():
        if not {info.name for info in tasks} & parts:
            continue
        note = _note(name, parts, tasks, before)
        rows.append(
            Average(
                name=name,
                baseline=None if note else before[name],
                candidate=None if note else after[name],
                published_baseline=ours.get(name),
                published_candidate=theirs.get(name),
                note=note,
            )
        )
    return tuple(rows)


@functools.cache
def published(alias: str) -> dict[str, float]:
    """The averages of a model's published figures (June 2024 block of CLUE; Dorfner et al. for cases); mostly empty."""
    return averages.of_metrics(published_metrics(alias), _PUBLISHED_SIZES)


def published_metrics(alias: str) -> dict[tuple[str, str], float]:
    """A model's published metric values as shares."""
    text = (files("clue_lib.report") / "published_results.csv").read_text(encoding="utf-8")
    values = {}
    for row in csv.DictReader(text.splitlines()):
        if row["alias"] == alias and row["source"] in {"clue-2024-06", "dorfner-2024"}:
            task, metric = _our_names(row["task"], row["metric"])
            if task in TASKS and metric:
                values[task, metric] = float(row["value"]) / 100
    return values


def _our_names(task: str, metric: str) -> tuple[str, str | None]:
    if task == "LongHealth":  # its metrics are "Task 1 Accuracy" and so on
        return f"longhealth_{metric.split()[1]}", "accuracy"
    return _PUBLISHED_TASKS.get(task, ""), _PUBLISHED_METRICS.get(metric)


def _note(name: str, parts: frozenset[str], tasks: Sequence[TaskInfo], found: Mapping[str, float]) -> str:
    """Why an average is left out; empty where it is not."""
    if name not in found:
        missing = [part for part in TASKS if part in parts and part not in found]
        return f"left out: no whole result of {', '.join(missing)}"
    kinds = {info.data == "bundled" for info in tasks if info.name in parts}
    return "left out: bundled and other data are not averaged together" if len(kinds) > 1 else ""
