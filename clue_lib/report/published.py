"""Published figures of the models that have them: CLUE of June 2024, and Dorfner et al. for the case challenges.

They come from other prompts and partly other scoring: they are shown beside a run's own, never gated.
"""

import csv
import functools
from importlib.resources import files

from clue_lib.judging import averages
from clue_lib.judging.averages import Key
from clue_lib.tasks import TASKS

_TASKS = {
    "MedNLI": "mednli",
    "MeQSum": "meqsum",
    "ProblemSummary": "problem_summary",
    "MeDiSumQA": "medisumqa",
    "MeDiSumCode": "medisumcode",
    "NEJM case challenges": "nejm",
    "JAMA case challenges": "jama",
}
_METRICS = {
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
_SIZES = {"nejm": 347, "jama": 140}
_SOURCES = frozenset({"clue-2024-06", "dorfner-2024"})


@functools.cache
def published_averages(alias: str) -> dict[str, float]:
    """The averages of a model's published figures, by name, as shares; empty for most models."""
    return averages.of_metrics(published_metrics(alias), _SIZES)


def published_metrics(alias: str) -> dict[Key, float]:
    """A model's published metric values as shares."""
    text = (files("clue_lib.report") / "published_results.csv").read_text(encoding="utf-8")
    values: dict[Key, float] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["alias"] == alias and row["source"] in _SOURCES:
            task, metric = _known_as(row["task"], row["metric"])
            if task in TASKS and metric:
                values[task, metric] = float(row["value"]) / 100
    return values


def _known_as(task: str, metric: str) -> tuple[str, str]:
    """This package's names of a published task and metric; empty where it has none."""
    if task == "LongHealth":  # its metrics are "Task 1 Accuracy" and so on
        number = metric.split()[1]
        return f"longhealth_{number}", "accuracy"
    return _TASKS.get(task, ""), _METRICS.get(metric, "")
