"""One plain gate, comparison and flip: a test states what it is about and leaves the rest."""

import dataclasses
from typing import Any

from clue_lib.types import Comparison, Flip, Gate

EQUAL = Comparison(
    task="mednli",
    metric="accuracy",
    tier="public",
    method="cluster t",
    n=100,
    n_excluded=0,
    n_clusters=100,
    freedom=99.0,
    design_effect=1.0,
    baseline=0.5,
    candidate=0.5,
    delta=0.0,
    lower=0.0,
    upper=0.0,
    p=1.0,
    mde=0.0,
    n_worse=0,
    n_better=0,
    worst=(),
    signature="accuracy|v1",
)
LOST = Flip(
    example_id="pair-7",
    gold="neutral",
    baseline_text="neutral",
    candidate_text="entailment",
    baseline_score=1.0,
    candidate_score=0.0,
)


def make_gate(id_: str = "level1.mednli.accuracy", **changed: Any) -> Gate:
    """A gate whose task, metric and table are those that its id names."""
    task, metric = id_.split(".")[-2:]
    plain = Gate(
        id=id_, task=task, metric=metric, role="gate", margin=0.03, reason="why", file="thresholds.toml", table=id_
    )
    return dataclasses.replace(plain, **changed)


def make_comparison(**changed: Any) -> Comparison:
    """Two models that score alike on 100 examples, but for what is changed."""
    return dataclasses.replace(EQUAL, **changed)


def make_flip(**changed: Any) -> Flip:
    """A right answer that became wrong."""
    return dataclasses.replace(LOST, **changed)
