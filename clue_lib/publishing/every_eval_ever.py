"""A run's scores in the shared schema Every Eval Ever, 0.3.0 (https://github.com/evaleval/every_eval_ever).

One record for the candidate: every main metric with its value, beside it the base's, the difference and the outcome.
"""

import json
from typing import Literal, get_args

import msgspec

from clue_lib.judging import Verdict
from clue_lib.report import Document, figures
from clue_lib.text import printable
from clue_lib.types import ModelInfo, TaskInfo

Relationship = Literal["first_party", "third_party", "collaborative", "other"]

RELATIONSHIPS: tuple[Relationship, ...] = get_args(Relationship)
"""How who ran the gate stands to the candidate, in the schema's words."""

SCHEMA_VERSION = "0.3.0"


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    source_name: str
    source_type: str
    source_organization_name: str
    evaluator_relationship: Relationship


class _Library(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    version: str
    additional_details: dict[str, str]


class _Engine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    version: str


class _Model(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    id: str
    inference_engine: _Engine
    additional_details: dict[str, str]


class _Data(msgspec.Struct, frozen=True, kw_only=True):
    dataset_name: str
    source_type: str
    additional_details: dict[str, str]


class _Metric(msgspec.Struct, frozen=True, kw_only=True):
    metric_id: str
    metric_name: str
    metric_unit: str
    lower_is_better: bool
    score_type: str
    min_score: float
    max_score: float


class _Score(msgspec.Struct, frozen=True, kw_only=True):
    score: float
    details: dict[str, str]


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    evaluation_result_id: str
    evaluation_name: str
    source_data: _Data
    metric_config: _Metric
    score_details: _Score


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    schema_version: str
    evaluation_id: str
    retrieved_timestamp: str
    source_metadata: _Source
    eval_library: _Library
    model_info: _Model
    evaluation_results: list[_Result]


def render(document: Document, *, organization: str, relationship: Relationship, at: int) -> str:
    """The record as JSON; scores are shares in 0..1.

    `organization` ran the gate, `relationship` is how it stands to the candidate, `at` the record's time, in seconds
    since 1970.
    """
    model = _model(document.run.candidate)
    record = _Record(
        schema_version=SCHEMA_VERSION,
        evaluation_id=f"clue-gate/{model.id}/{at}",
        retrieved_timestamp=str(at),
        source_metadata=_Source(
            source_name="CLUE Gate",
            source_type="evaluation_run",
            source_organization_name=printable(organization),
            evaluator_relationship=relationship,
        ),
        eval_library=_library(document),
        model_info=model,
        evaluation_results=_results(document),
    )
    return json.dumps(msgspec.to_builtins(record), indent=2, ensure_ascii=False) + "\n"


def _library(document: Document) -> _Library:
    run = document.run
    about = {
        "profile": run.profile,
        "limit": "none" if run.limit is None else str(run.limit),
        "thresholds_digest": run.thresholds_digest,
        "baseline": run.baseline.name,
        "verdict": document.title,
        "command": document.command,
    }
    details = {name: printable(value) for name, value in about.items()}
    return _Library(name="clue-gate", version=run.version, additional_details=details)


def _model(model: ModelInfo) -> _Model:
    """The model under its name at the hub, where its weights come from there."""
    weights = model.identity.weights or ""
    repository = weights.rpartition("@")[0] if model.identity.adapter is None else ""
    is_recorded = model.identity.replay is not None
    details = {
        "deployment_type": "unknown" if is_recorded else "self_deployed",
        "model_availability": "open_weights" if repository else "unknown",
        **model.identity.known,
    }
    return _Model(
        name=printable(model.name),
        id=printable(repository or model.name),
        inference_engine=_Engine(name=model.engine.name or "unknown", version=model.engine.version or "unknown"),
        additional_details={name: printable(value) for name, value in details.items()},
    )


def _results(document: Document) -> list[_Result]:
    """One for each main metric of a task that has a value."""
    tasks = {task.name: task for task in document.run.tasks}
    results = []
    for verdict in document.verdicts:
        score = figures.candidate(verdict)
        if verdict.gate.is_main_metric and score is not None and verdict.gate.task in tasks:
            results.append(_result(verdict, tasks[verdict.gate.task], score))
    return results


def _result(verdict: Verdict, task: TaskInfo, score: float) -> _Result:
    gate = verdict.gate
    about = {
        "data": task.data,
        "tier": task.tier,
        "data_sha256": task.data_digest,
        "prompts_digest": task.prompts_digest,
    }
    metric = _Metric(
        metric_id=gate.metric,
        metric_name=gate.metric,
        metric_unit="proportion",
        lower_is_better=gate.better == "lower",
        score_type="continuous",
        min_score=0,
        max_score=1,
    )
    return _Result(
        evaluation_result_id=printable(gate.id),
        evaluation_name=printable(task.name),
        source_data=_Data(
            dataset_name=printable(task.name),
            source_type="other",
            additional_details={name: printable(value) for name, value in about.items()},
        ),
        metric_config=metric,
        score_details=_Score(score=score, details=_details(verdict)),
    )


def _details(verdict: Verdict) -> dict[str, str]:
    """What the score is worth beside the base's: differences are positive where the candidate is better."""
    assert verdict.comparison is not None  # it has a score
    inference = verdict.comparison.inference
    return {
        "baseline": str(figures.baseline(verdict)),
        "difference": str(inference.delta),
        "lower_bound": str(inference.lower),
        "upper_bound": str(inference.upper),
        "margin": str(verdict.gate.margin),
        "outcome": verdict.word,
        "n_examples": str(verdict.comparison.n),
        "n_clusters": str(inference.n_clusters),
        "signature": printable(verdict.comparison.signature),
    }
