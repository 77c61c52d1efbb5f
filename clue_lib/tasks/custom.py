"""What a task of the user's own must have before a run can use it. Pure: reads no data."""

import dataclasses
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from clue_lib.datasets import TaskData
from clue_lib.errors import PromptError, TaskError
from clue_lib.metrics import METRICS
from clue_lib.tasks import wordings
from clue_lib.tasks.base import Task
from clue_lib.tasks.prompts import PromptTexts
from clue_lib.text import suggestion
from clue_lib.types import GateRule

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PROMPTS = "PromptTexts(system=…, user=…)"
_DATA = "TaskData(file=…, tier=…, licence=…)"


def placed(task: Task, file: Path) -> Task:
    """The task with its module's file, and its data's path taken from that file's folder.

    Raises TaskError, one line with the file, for the first thing that lacks or is wrong.
    """
    problem = next(_problems(task), "")
    if problem or task.data is None:
        raise TaskError(f"{file}: {problem}")
    data = dataclasses.replace(task.data, file=str(file.parent / task.data.file))
    return dataclasses.replace(task, data=data, file=str(file))


def _problems(task: Task) -> Iterator[str]:
    """What is wrong with the task, in words. Only the first counts: later ones may follow from it."""
    if not isinstance(task.name, str) or not _NAME.fullmatch(task.name):
        yield f"TASK's name is {task.name!r}; write lower-case letters, digits and _, such as 'discharge_notes'"
    if task.level != "custom":
        yield f"TASK's level is {task.level!r}, which is CLUE's; leave it out: a task of your own is 'custom'"
    for name in ("read", "parse", "ideal"):
        if not callable(getattr(task, name)):
            yield f"TASK's {name} is no function"
    if task.prompts is None:
        yield f"TASK lacks prompts; give it {_PROMPTS}"
    else:
        yield from _prompts_problems(task.prompts)
    if task.data is None:
        yield f"TASK lacks data; give it {_DATA}"
    yield from _type_problems(task.data, TaskData, f"TASK's data, {_DATA}")
    yield from _metric_problems(task)
    yield from _gate_problems(task)


def _type_problems(value: object, kind: type, where: str) -> Iterator[str]:
    """Whether the value is of that class, and its fields of theirs; msgspec tells, as it does of a file's values."""
    if not isinstance(value, kind):
        yield f"{where}: it is a {type(value).__name__}"
        return
    try:
        msgspec.convert(msgspec.to_builtins(value), kind)
    except (msgspec.ValidationError, TypeError) as error:
        yield f"{where}: {error}"


def _prompts_problems(prompts: object) -> Iterator[str]:
    """Of one wording or a tuple of several."""
    several = prompts if isinstance(prompts, tuple) else (prompts,)
    for texts in several:
        yield from _prompt_problems(texts)
    try:
        wordings.check("TASK's prompts", several)
    except PromptError as error:
        yield str(error)


def _prompt_problems(texts: PromptTexts) -> Iterator[str]:
    yield from _type_problems(texts, PromptTexts, f"TASK's prompts, {_PROMPTS}")
    template = string.Template(texts.user)
    if not template.is_valid():
        yield "TASK's prompts: a $ in user begins no placeholder; write $$ for a dollar sign"
    if not template.get_identifiers():
        yield "TASK's prompts: user has no $placeholder, so that every question would be the same"


def _metric_problems(task: Task) -> Iterator[str]:
    if task.clue_metrics:
        yield "TASK's clue_metrics: those are CLUE's; name your metrics in other_metrics"
    yield from _tuple_problems(task.other_metrics)
    if not task.other_metrics:
        yield "TASK's other_metrics is empty; name at least one metric, such as 'accuracy' or 'rougeL'"
    for name in task.other_metrics:
        if name not in METRICS:
            yield f"TASK's other_metrics: unknown metric {name!r}; {suggestion(name, METRICS)}"
    for name, count in Counter(task.metrics).items():
        if count > 1:
            yield f"TASK's other_metrics: {name!r} is there already; every task has the failure modes of all tasks"


def _tuple_problems(names: object) -> Iterator[str]:
    """Whether it is a tuple of texts: `("accuracy")` without a comma is one text, a sequence of letters."""
    if not isinstance(names, tuple):
        yield f"TASK's other_metrics is {names!r}; write a tuple, even of one: ('accuracy',)"
    elif not all(isinstance(name, str) for name in names):
        yield "TASK's other_metrics: name each metric as text, such as 'accuracy'"


def _gate_problems(task: Task) -> Iterator[str]:
    for name, rule in task.gates.items():
        if name not in task.metrics:
            yield f"TASK's gates: {name!r} is no metric of the task; {suggestion(str(name), task.metrics)}"
        where = f"TASK's gates[{name!r}], GateRule(margin=…, reason=…)"
        yield from _type_problems(rule, GateRule, where)
        if rule.fault:
            yield f"{where}: {rule.fault}"
