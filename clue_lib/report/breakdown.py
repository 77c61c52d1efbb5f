"""What the per-example table tells beside the gates: groups of examples, and where accuracy was lost. Descriptive."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from clue_lib.types import Gate, withheld

if TYPE_CHECKING:
    from pandas import DataFrame


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One group's figures on one metric: shares, repeats averaged within example; `delta` is oriented."""

    task: str
    metric: str
    name: str
    group: str
    n: int
    baseline: float
    candidate: float
    delta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A difference in accuracy in two parts: of answers that one of the models gave unreadably, and of all others."""

    task: str
    delta: float
    from_format: float
    among_parsed: float


def slices(frame: "DataFrame", gates: Iterable[Gate]) -> tuple[Slice, ...]:
    """Every group of every slice on the main metrics of its task, in the table's order; groups sorted by name."""
    of_task = dict(tuple(frame.groupby("task", sort=False)))
    rows: list[Slice] = []
    for gate in gates:
        if gate.is_main_metric and gate.task in of_task:
            rows += _slices(of_task[gate.task], gate)
    return tuple(rows)


def losses(frame: "DataFrame", gates: Iterable[Gate]) -> tuple[Loss, ...]:
    """The parts of every task's difference in accuracy."""
    of_task = dict(tuple(frame.groupby("task", sort=False)))
    accuracies = [gate for gate in gates if gate.metric == "accuracy" and gate.is_main_metric]
    return tuple(_loss(of_task[gate.task], gate.task) for gate in accuracies if gate.task in of_task)


def _slices(frame: "DataFrame", gate: Gate) -> list[Slice]:
    import pandas as pd

    groups = pd.DataFrame([msgspec.json.decode(text) for text in frame["slices"]], index=frame.index)
    scores = _scores(frame, gate.metric)
    sign = 1 if gate.better == "higher" else -1
    rows = []
    for name in groups.columns:
        for group, part in scores.groupby(groups[name], sort=True):
            baseline, candidate = (float(value) for value in _means(part))
            row = Slice(
                task=gate.task,
                metric=gate.metric,
                name=str(name),
                group=str(group),
                n=part["example_id"].nunique(),
                baseline=baseline,
                candidate=candidate,
                delta=sign * (candidate - baseline),
            )
            rows.append(row)
    return rows


def _loss(frame: "DataFrame", task: str) -> Loss:
    """Both models' repeats are averaged within example first, as in the gate's own difference."""
    scores = _scores(frame, "accuracy")
    unread = (frame["baseline_unparsed"] != "") | (frame["candidate_unparsed"] != "")
    change = scores["candidate"] - scores["baseline"]
    parts = scores.assign(format=change.where(unread, 0.0), parsed=change.where(~unread, 0.0))
    means = parts.groupby("example_id")[["format", "parsed"]].mean().mean()
    return Loss(
        task=task,
        delta=float(means["format"] + means["parsed"]),
        from_format=float(means["format"]),
        among_parsed=float(means["parsed"]),
    )


def _scores(frame: "DataFrame", metric: str) -> "DataFrame":
    """Ids with both models' scores on the metric, where it is defined."""
    names = {f"baseline.{metric}": "baseline", f"candidate.{metric}": "candidate"}
    return frame[["example_id", *names]].rename(columns=names).dropna()


def _means(scores: "DataFrame") -> "list[float]":
    """Of baseline and candidate, repeats averaged within example."""
    means: list[float] = scores.groupby("example_id")[["baseline", "candidate"]].mean().mean().tolist()
    return means
