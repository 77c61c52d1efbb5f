"""A finished run as lm-evaluation-harness writes one (shapes of 0.4.13): `results_DATE.json`, beside it the samples.

The figures are ours: the file says that this program made it. Of data under an agreement there are no samples.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

import msgspec

from clue_lib.metrics import METRICS
from clue_lib.publishing.samples import Sample, TaskAnswers
from clue_lib.text import printable
from clue_lib.types import ModelInfo, withheld

_ARGUMENTS = "gen_args_0"


@withheld
class _Metric(msgspec.Struct, frozen=True, kw_only=True):
    metric: str
    higher_is_better: bool
    aggregation: str = "mean"


@withheld
class _Task(msgspec.Struct, frozen=True, kw_only=True):
    task: str
    metric_list: list[_Metric]
    metadata: dict[str, str]
    output_type: str = "generate_until"


@withheld
class _Count(msgspec.Struct, frozen=True, kw_only=True):
    original: int
    effective: int


@withheld
class _Config(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    model_args: str


@withheld
class _Results(msgspec.Struct, frozen=True, kw_only=True, rename={"n_samples": "n-samples"}):
    results: dict[str, dict[str, str | float]]
    group_subtasks: dict[str, list[str]]
    configs: dict[str, _Task]
    versions: dict[str, str]
    higher_is_better: dict[str, dict[str, bool]]
    n_samples: dict[str, _Count]
    config: _Config
    date: float
    model_name: str
    model_name_sanitized: str
    clue_gate_version: str
    model_source: str = "clue-gate"


def results(every: Sequence[TaskAnswers], *, version: str, at: datetime) -> str:
    """One model's results on all tasks as JSON; scores are shares in 0..1. `version` is this program's."""
    model = every[0].model
    name = printable(model.name)
    by_task = {printable(answers.task.name): answers for answers in every}
    made = _Results(
        results={task: _values(task, answers) for task, answers in by_task.items()},
        group_subtasks={task: [] for task in by_task},
        configs={task: _config(task, answers) for task, answers in by_task.items()},
        versions={task: answers.task.data_digest[:12] for task, answers in by_task.items()},
        higher_is_better={task: _directions(answers) for task, answers in by_task.items()},
        n_samples={
            task: _Count(original=answers.task.n_read, effective=answers.task.n_scored)
            for task, answers in by_task.items()
        },
        config=_Config(model=printable(_engine(model)), model_args=f"pretrained={name}"),
        date=at.timestamp(),
        model_name=name,
        model_name_sanitized=_plain(name),
        clue_gate_version=version,
    )
    return json.dumps(msgspec.to_builtins(made), indent=2, ensure_ascii=False) + "\n"


def _engine(model: ModelInfo) -> str:
    return model.engine.name or "unknown"


def _values(task: str, answers: TaskAnswers) -> dict[str, str | float]:
    """The task's scores by the harness's keys, of its filter "none"; a standard error is not among them."""
    values: dict[str, str | float] = {"alias": task}
    for metric, value in answers.values.items():
        values[f"{metric},none"] = value
        values[f"{metric}_stderr,none"] = "N/A"
    return values


def _config(task: str, answers: TaskAnswers) -> _Task:
    metrics = [_Metric(metric=metric, higher_is_better=is_higher) for metric, is_higher in _directions(answers).items()]
    about = {"data_sha256": answers.task.data_digest, "tier": answers.task.tier, "side": answers.side}
    return _Task(task=task, metric_list=metrics, metadata={name: printable(value) for name, value in about.items()})


def _directions(answers: TaskAnswers) -> dict[str, bool]:
    return {metric: METRICS[metric].better == "higher" for metric in answers.values}


def samples(answers: TaskAnswers) -> str:
    """The answers as JSON Lines; empty for data under an agreement. A metric that is undefined for one is null."""
    if answers.is_private:
        return ""
    lines = [_line(number, sample, list(answers.values)) for number, sample in enumerate(answers.samples)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


@withheld
class _Doc(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    repeat: int
    question: str
    gold: str


@withheld
class _Line(msgspec.Struct, frozen=True, kw_only=True):
    doc_id: int
    doc: _Doc
    target: str
    arguments: dict[str, dict[str, str | dict[str, str]]]
    resps: list[list[str]]
    filtered_resps: list[str]
    metrics: list[str]
    doc_hash: str
    prompt_hash: str
    target_hash: str
    filter: str = "none"


def _line(number: int, sample: Sample, metrics: Sequence[str]) -> dict[str, object]:
    """One line: the harness writes each metric beside its own fields, under the metric's name."""
    doc = _Doc(id=sample.id, repeat=sample.repeat, question=sample.question, gold=sample.gold)
    line = _Line(
        doc_id=number,
        doc=doc,
        target=sample.gold,
        arguments={_ARGUMENTS: {"arg_0": sample.question, "arg_1": {}}},
        resps=[[sample.text]],
        filtered_resps=[sample.text],
        metrics=list(metrics),
        doc_hash=_hash(json.dumps(msgspec.to_builtins(doc), indent=2, ensure_ascii=False)),
        prompt_hash=_hash(sample.question),
        target_hash=_hash(sample.gold),
    )
    fields: dict[str, object] = msgspec.to_builtins(line)
    return fields | {metric: sample.scores.get(metric) for metric in metrics}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def results_name(at: datetime) -> str:
    """The name by which the harness's tools find the results."""
    return f"results_{_date(at)}.json"


def samples_name(answers: TaskAnswers, at: datetime) -> str:
    """The name by which they find a task's samples."""
    return f"samples_{_plain(printable(answers.task.name))}_{_date(at)}.jsonl"


def _date(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H-%M-%S.%f")


def _plain(name: str) -> str:
    """A name that is one of a file too."""
    return "".join(letter if letter.isalnum() or letter in "_-." else "_" for letter in name)
