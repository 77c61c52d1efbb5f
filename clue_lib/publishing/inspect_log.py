"""A finished run as logs of inspect_ai, in their JSON form (version 2, as 0.3.285 reads it): one a task and model."""

import json
from collections.abc import Sequence
from datetime import datetime

import msgspec

from clue_lib.publishing.samples import Sample, TaskAnswers
from clue_lib.text import printable
from clue_lib.types import withheld

ENDS = {"stop": "stop", "length": "max_tokens", "context": "model_length"}
"""inspect_ai's words for why an answer ended; it says "unknown" of others."""


@withheld
class _Dataset(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    samples: int
    sample_ids: list[str]
    shuffled: bool = False


@withheld
class _Empty(msgspec.Struct, frozen=True):
    pass


@withheld
class _Config(msgspec.Struct, frozen=True, kw_only=True):
    epochs: int


@withheld
class _Eval(msgspec.Struct, frozen=True, kw_only=True):
    eval_id: str
    run_id: str
    task_id: str
    created: str
    task: str
    dataset: _Dataset
    model: str
    config: _Config
    packages: dict[str, str]
    metadata: dict[str, str]


@withheld
class _Metric(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: float


@withheld
class _EvalScore(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    scorer: str
    metrics: dict[str, _Metric]


@withheld
class _Results(msgspec.Struct, frozen=True, kw_only=True):
    total_samples: int
    completed_samples: int
    scores: list[_EvalScore]


@withheld
class _Message(msgspec.Struct, frozen=True, kw_only=True):
    role: str
    content: str


@withheld
class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message
    stop_reason: str


@withheld
class _Output(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    choices: list[_Choice]
    completion: str


@withheld
class _Score(msgspec.Struct, frozen=True, kw_only=True):
    value: float
    answer: str


@withheld
class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    epoch: int
    input: str
    target: str
    messages: list[_Message]
    output: _Output
    scores: dict[str, _Score]


@withheld
class _Log(msgspec.Struct, frozen=True, kw_only=True):
    eval: _Eval
    results: _Results
    samples: list[_Sample]
    version: int = 2
    status: str = "success"
    plan: _Empty = _Empty()
    stats: _Empty = _Empty()


def render(answers: TaskAnswers, *, version: str, at: datetime) -> str:
    """The log as JSON; scores are shares in 0..1. `version` is this program's, `at` the log's time, with its zone.

    A sample's epoch is the drawing of its contexts, from 1.
    """
    log = _Log(
        eval=_eval(answers, version, at),
        results=_results(answers),
        samples=[_sample(sample, printable(answers.model.name)) for sample in answers.samples],
    )
    return json.dumps(msgspec.to_builtins(log), indent=2, ensure_ascii=False) + "\n"


def _eval(answers: TaskAnswers, version: str, at: datetime) -> _Eval:
    task = printable(answers.task.name)
    ids = list(dict.fromkeys(sample.id for sample in answers.samples))
    name = f"clue-gate-{answers.side}-{int(at.timestamp())}"
    about = {
        "made_by": f"clue-gate {version}",
        "side": answers.side,
        "data_sha256": answers.task.data_digest,
        "tier": answers.task.tier,
    }
    return _Eval(
        eval_id=f"{name}-{task}",
        run_id=name,
        task_id=task,
        created=at.isoformat(timespec="seconds"),
        task=task,
        dataset=_Dataset(name=task, samples=len(ids), sample_ids=ids),
        model=printable(answers.model.name),
        config=_Config(epochs=max((sample.repeat + 1 for sample in answers.samples), default=1)),
        packages={"clue-gate": version},
        metadata={name: printable(value) for name, value in about.items()},
    )


def _results(answers: TaskAnswers) -> _Results:
    n = len(answers.samples)
    scores = [
        _EvalScore(name=metric, scorer=metric, metrics={"value": _Metric(name="value", value=value)})
        for metric, value in answers.values.items()
    ]
    return _Results(total_samples=n, completed_samples=n, scores=scores)


def _sample(sample: Sample, model: str) -> _Sample:
    said = _Message(role="assistant", content=sample.text)
    turns = [_Message(role="user", content=sample.question), said]
    choice = _Choice(message=said, stop_reason=ENDS.get(sample.finish_reason, "unknown"))
    return _Sample(
        id=sample.id,
        epoch=sample.repeat + 1,
        input=sample.question,
        target=sample.gold,
        messages=turns,
        output=_Output(model=model, choices=[choice], completion=sample.text),
        scores={metric: _Score(value=value, answer=sample.answer) for metric, value in sample.scores.items()},
    )


def file_names(every: Sequence[TaskAnswers], at: datetime) -> list[str]:
    """The logs' names, in the order given: inspect_ai lists a folder's JSON files whose names begin with a time."""
    time = at.strftime("%Y-%m-%dT%H-%M-%S+00-00")
    return [f"{time}_{_plain(answers.task.name)}_{answers.side}.json" for answers in every]


def _plain(task: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in task)
