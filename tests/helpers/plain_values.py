"""One plain gate, comparison and flip: a test states what it is about and leaves the rest."""

import dataclasses
from typing import Any

from clue_lib.judging.gates import RUN_KINDS, kind_of
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Comparison, Flip, Gate, Inference, Levels

EQUAL = Comparison(
    task="mednli",
    metric="accuracy",
    tier="public",
    method="cluster t",
    n=100,
    n_excluded=0,
    n_worse=0,
    n_better=0,
    net_worse=0,
    inference=Inference(
        n_clusters=100,
        freedom=99.0,
        design_effect=1.0,
        delta=0.0,
        lower=0.0,
        upper=0.0,
        p=1.0,
        mde=0.0,
        mde_corrected=0.0,
    ),
    levels=Levels(baseline=0.5, candidate=0.5),
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
    """A gate whose task, metric and table are those that its id names, and whose kind and direction are theirs."""
    task, metric = id_.split(".")[-2:]
    plain = Gate(
        id=id_,
        task=task,
        metric=metric,
        kind="other",
        better="higher",
        role="gate",
        margin=0.03,
        reason="why",
        file="thresholds.toml",
        table=id_,
    )
    if task in RUN_KINDS:
        better = "lower" if task == "families" else "higher"
        plain = dataclasses.replace(plain, kind=RUN_KINDS[task], better=better)
    elif metric in METRICS:
        known = METRICS[metric]
        kind = kind_of(TASKS.get(task, TASKS["mednli"]), metric)
        plain = dataclasses.replace(plain, kind=kind, better=known.better, family=known.family)
    return dataclasses.replace(plain, **changed)


def make_comparison(**changed: Any) -> Comparison:
    """Two models that score alike on 100 examples, but for what is changed."""
    return but(EQUAL, **changed)


def but(comparison: Comparison, **changed: Any) -> Comparison:
    """The comparison with other figures, each put into the part that it belongs to.

    What is not said follows: examples are counted on balance, and no correction makes the MDE larger.
    """
    if "mde" in changed:
        changed.setdefault("mde_corrected", changed["mde"])
    if {"n_worse", "n_better"} & set(changed):
        net = changed.get("n_worse", comparison.n_worse) - changed.get("n_better", comparison.n_better)
        changed.setdefault("net_worse", float(net))
    parts: dict[str, Any] = {}
    for name in ("inference", "levels"):
        part = getattr(comparison, name)
        names = {field.name for field in dataclasses.fields(part)} if part else set()
        of_part = {key: changed.pop(key) for key in list(changed) if key in names}
        parts[name] = dataclasses.replace(part, **of_part) if of_part else part
    return dataclasses.replace(comparison, **(parts | changed))


def make_flip(**changed: Any) -> Flip:
    """A right answer that became wrong."""
    return dataclasses.replace(LOST, **changed)
