"""The group of each kind on which a task lost most: a patient, a class, a third by length, a wording. Descriptive.

Beside it stand the groups of which the candidate has every answer wrong, though others lost more.

No gate looks at them. A loss that falls on one group alone may pass every gate, and is to be seen all the same.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from clue_lib import stats
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, withheld

if TYPE_CHECKING:
    from pandas import DataFrame

LEAST = 5
"""Examples of a group below which nothing is said of it."""

MOST_CLASSES = 10
"""Different golds of a task beyond which these are texts, not classes."""

MOST_ALL_WRONG = 5
"""Groups of one kind and task that are named beside the worst because all their answers are wrong."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class WorstSlice:
    """A group that lost most of its kind on its task's first main metric, or all; shares, `delta` oriented.

    `n` examples, repeats averaged; `error` is the cluster-robust standard error of `delta`, their mean; within one
    cluster each example counts as one. `p` is a one-sided sign test's of the clusters against no loss, after Holm's
    correction over all groups of all kinds and tasks. `n_right` of the base's answers are right where all of the
    candidate's are wrong.
    """

    task: str
    metric: str
    kind: str
    group: str
    n: int
    delta: float
    error: float
    p: float
    n_right: int | None = None

    @property
    def words(self) -> str:
        """That every answer to the group is wrong; empty where that is not so."""
        if self.n_right is None:
            return ""
        whose = f"{self.kind} {self.group}"
        return f"{self.task}: all {self.n} answers of {whose} are wrong; the base had {self.n_right} right"


def worst_slices(frame: "DataFrame", gates: Iterable[Gate]) -> tuple[WorstSlice, ...]:
    """The worst group of each kind and task, in the table's order, of those that lost anything.

    After it come the others of its kind of which every answer is wrong, at most `MOST_ALL_WRONG`, the worst first.
    """
    first_of_task: dict[str, Gate] = {}
    for gate in gates:
        if gate.is_main_metric and f"baseline.{gate.metric}" in frame:
            first_of_task.setdefault(gate.task, gate)
    of_task = dict(tuple(frame.groupby("task", sort=False)))
    found: list[WorstSlice] = []
    for task, gate in first_of_task.items():
        if task in of_task:
            found += _groups(of_task[task], gate)
    if not found:
        return ()
    corrected = stats.holm(np.array([each.p for each in found]))
    lost: dict[tuple[str, str], list[WorstSlice]] = {}
    for each, p in zip(found, corrected, strict=True):
        if each.delta < 0:
            lost.setdefault((each.task, each.kind), []).append(dataclasses.replace(each, p=float(p)))
    return tuple(named for of_kind in lost.values() for named in _named(of_kind))


def _named(lost: Iterable[WorstSlice]) -> list[WorstSlice]:
    """Of one kind's groups that lost: the worst, and those others that lost everything."""
    worst, *others = sorted(lost, key=lambda each: each.delta)
    all_wrong = [each for each in others if each.words]
    return [worst, *all_wrong[:MOST_ALL_WRONG]]


def _groups(frame: "DataFrame", gate: Gate) -> Iterator[WorstSlice]:
    """Every group of every kind that has examples enough."""
    examples = _by_example(frame, gate)
    cluster = "patient" if gate.task in TASKS and TASKS[gate.task].group == "longhealth" else "cluster"
    kinds = {cluster: "cluster", "class": "gold", "length": "length", "wording": "wording"}
    for kind, column in kinds.items():
        named = examples[examples[column] != ""]
        if named[column].nunique() < 2 or (kind == "class" and named[column].nunique() > MOST_CLASSES):
            continue
        for group, part in named.groupby(column, sort=True):
            if len(part) >= LEAST:
                yield _group(part, gate, kind, str(group))


def _by_example(frame: "DataFrame", gate: Gate) -> "DataFrame":
    """One row per example with both models' scores, repeats averaged, and the groups that it is in."""
    names = {f"baseline.{gate.metric}": "baseline", f"candidate.{gate.metric}": "candidate"}
    lengths = [msgspec.json.decode(text).get("length", "") for text in frame["slices"]]
    scored = frame.rename(columns=names).assign(length=lengths).dropna(subset=["baseline", "candidate"])
    how = {"baseline": "mean", "candidate": "mean", **dict.fromkeys(("cluster", "gold", "length", "wording"), "first")}
    return scored.groupby("example_id", sort=False).agg(how)


def _group(part: "DataFrame", gate: Gate, kind: str, group: str) -> WorstSlice:
    sign = 1 if gate.better == "higher" else -1
    change = sign * (part["candidate"] - part["baseline"])
    # Of one cluster the error is unknown: its examples then stand for clusters.
    units = part["cluster"] if part["cluster"].nunique() > 1 else part.index
    effect = stats.mean_effect(change.to_numpy(), units.to_numpy())
    is_wrong = gate.metric == "accuracy" and part["candidate"].max() == 0 and part["baseline"].max() > 0
    return WorstSlice(
        task=gate.task,
        metric=gate.metric,
        kind=kind,
        group=group,
        n=len(part),
        delta=effect.delta,
        error=math.sqrt(effect.variance),
        p=stats.mcnemar(int((effect.shares > 0).sum()), int((effect.shares < 0).sum())),
        n_right=int((part["baseline"] > 0).sum()) if is_wrong else None,
    )
