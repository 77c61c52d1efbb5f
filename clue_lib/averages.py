"""CLUE's averages of tasks, levels and case challenges, beside published figures of the same models.

A task's average is the mean of its CLUE metrics; LongHealth's three tasks are averaged before they count in level 2;
the overall average is that of the two levels. The case challenges' average is the accuracy over all their cases. All
are shares in 0..1.
"""

import csv
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean

from clue_lib.run_info import TaskInfo
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Comparison

Values = Mapping[tuple[str, str], float]
"""Metric values of one model, by (task, metric)."""

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
    before = of_metrics({(c.task, c.metric): c.baseline for c in found}, sizes)
    after = of_metrics({(c.task, c.metric): c.candidate for c in found}, sizes)
    ours, theirs = published(baseline), published(candidate)
    averages = []
    for name, parts in _parts().items():
        if not {info.name for info in tasks} & parts:
            continue
        note = _note(name, parts, tasks, before)
        averages.append(
            Average(
                name=name,
                baseline=None if note else before[name],
                candidate=None if note else after[name],
                published_baseline=ours.get(name),
                published_candidate=theirs.get(name),
                note=note,
            )
        )
    return tuple(averages)


def of_metrics(values: Values, sizes: Mapping[str, int]) -> dict[str, float]:
    """All averages that these values suffice for; `sizes` are the tasks' examples, which weigh the case challenges."""
    found: dict[str, float] = {}
    for name, task in TASKS.items():
        if all((name, metric) in values for metric in task.clue_metrics):
            found[name] = fmean(values[name, metric] for metric in task.clue_metrics)
    for group in {task.group for task in TASKS.values() if task.group}:
        _add_mean(found, group, [task.name for task in TASKS.values() if task.group == group])
    for level in ("level1", "level2"):
        _add_mean(found, level, list(dict.fromkeys(task.group or task.name for task in _of_level(level))))
    _add_mean(found, "overall", ["level1", "level2"])
    cases = [task.name for task in _of_level("case_challenges")]
    _add_mean(found, "case_challenges", cases, [sizes.get(case, 0) for case in cases])
    return found


@functools.cache
def published(alias: str) -> dict[str, float]:
    """The averages of a model's published figures (June 2024 block of CLUE; Dorfner et al. for cases); mostly empty."""
    return of_metrics(published_metrics(alias), _PUBLISHED_SIZES)


def published_metrics(alias: str) -> dict[tuple[str, str], float]:
    """A model's published metric values as shares."""
    text = (files("clue_lib") / "published_results.csv").read_text(encoding="utf-8")
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


def _of_level(level: str) -> list[Task]:
    return [task for task in TASKS.values() if task.level == level]


def _add_mean(found: dict[str, float], name: str, parts: Sequence[str], weights: Sequence[int] | None = None) -> None:
    if all(part in found for part in parts):
        found[name] = fmean((found[part] for part in parts), weights)


def _parts() -> dict[str, frozenset[str]]:
    """Every average's tasks, in the order of reports."""
    parts = {name: frozenset({name}) for name in TASKS}
    for group in {task.group: None for task in TASKS.values() if task.group}:
        parts[group] = frozenset(task.name for task in TASKS.values() if task.group == group)
    for level in ("level1", "level2", "case_challenges"):
        parts[level] = frozenset(task.name for task in _of_level(level))
    return parts | {"overall": parts["level1"] | parts["level2"]}


def _note(name: str, parts: frozenset[str], tasks: Sequence[TaskInfo], found: Mapping[str, float]) -> str:
    """Why an average is left out; empty where it is not."""
    if name not in found:
        missing = [part for part in TASKS if part in parts and part not in found]
        return f"left out: no whole result of {', '.join(missing)}"
    kinds = {info.data == "bundled" for info in tasks if info.name in parts}
    return "left out: bundled and other data are not averaged together" if len(kinds) > 1 else ""
