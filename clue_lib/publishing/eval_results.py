"""Hugging Face's evaluation results (`.eval_results/*.yaml`): the candidate's scores as a model's page shows them.

The form is huggingface_hub's `EvalResultEntry`. A result belongs to a data set of the hub, and only who knows that the
file read here is that data set can say so: each task is named with its data set, others have no entry.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clue_lib.errors import MissingExtra, OptionError
from clue_lib.judging import Verdict
from clue_lib.report import Document, figures
from clue_lib.text import printable, suggestion
from clue_lib.types import TaskInfo

if TYPE_CHECKING:
    from huggingface_hub import EvalResultEntry

FILE = ".eval_results/clue-gate.yaml"
"""Where the results lie in a model's repository."""


def render(document: Document, datasets: Mapping[str, str]) -> str:
    """One entry per main metric of each task of `datasets` (task → `owner/name` on the hub), as YAML.

    Values are in percent; a result's id at the hub is `<task>_<metric>`. Raises OptionError
    where a task was not judged, or on data that can't be the hub's, MissingExtra where huggingface_hub is too old.
    """
    try:
        import yaml
        from huggingface_hub import eval_result_entries_to_yaml
    except ImportError as error:
        raise MissingExtra("--dataset needs a newer huggingface_hub: pip install -U huggingface_hub") from error
    if document.run.limit is not None:
        raise OptionError(f"--dataset: the run had --limit={document.run.limit}, which is no result; run without it")
    tasks = {task: _task(document, task) for task in datasets}
    entries = [
        _entry(document, verdict, tasks[verdict.gate.task], datasets[verdict.gate.task])
        for verdict in document.verdicts
        if verdict.gate.is_main_metric and verdict.gate.task in tasks and _value(verdict) is not None
    ]
    return str(yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True))


def _task(document: Document, name: str) -> TaskInfo:
    """The run's task of that name, whose results may be given out as results of a data set."""
    tasks = {task.name: task for task in document.run.tasks}
    if name not in tasks:
        raise OptionError(f"--dataset {name}=…: the run has no such task; {suggestion(name, tasks)}")
    if tasks[name].tier == "bundled":
        raise OptionError(
            f"--dataset {name}=…: the run read the bundled synthetic examples, which are no data set of the hub; "
            "give --data-root to the run"
        )
    return tasks[name]


def _entry(document: Document, verdict: Verdict, task: TaskInfo, dataset: str) -> "EvalResultEntry":
    from huggingface_hub import EvalResultEntry

    return EvalResultEntry(
        dataset_id=dataset,
        task_id=f"{verdict.gate.task}_{verdict.gate.metric}",
        value=_value(verdict),
        notes=_notes(document, verdict, task),
    )


def _value(verdict: Verdict) -> float | None:
    value = figures.candidate(verdict)
    return None if value is None else round(100 * value, 2)


def _notes(document: Document, verdict: Verdict, task: TaskInfo) -> str:
    """What the figure is worth: the data, the base beside it, the verdict."""
    run = document.run
    base = figures.percent(figures.baseline(verdict))
    return (
        f"CLUE Gate {run.version}, profile {run.profile}; data: {task.data} ({task.data_digest[:12]}), "
        f"n={figures.size(verdict)}; base {printable(run.baseline.name)} {base}, {verdict.word}, "
        f"bounds of the change {figures.bounds(verdict)} points"
    )
