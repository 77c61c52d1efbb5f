"""How far equal models' scores are assumed to differ where no stored answers tell: what assumed.toml says. Pure."""

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from clue_lib.judging.gates import FAMILIES
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Tier


class Shares(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Intraclass correlations: which share of the variance answers have in common.

    `cluster` of a cluster's answers, `question` of the repeats of one question, `drawing` of the answers that were
    asked with one drawing of contexts.
    """

    cluster: float = 0.0
    question: float = 0.0
    drawing: float = 0.0


class Assumed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of assumed.toml, which explains each value and says where it comes from."""

    agreement: float
    alike: float
    within_task: float
    within_group: float
    shares: dict[str, Shares]
    changed: dict[str, float]
    rates: dict[str, float]
    deviations: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What of a task's data decides the errors: the `sizes` of its clusters, and how often each example is asked."""

    task: str
    tier: Tier
    sizes: tuple[int, ...]
    n_repeats: int = 1

    @property
    def n(self) -> int:
        """How many examples there are, each counted once however often it is asked."""
        return sum(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The standard error of one difference: of a metric, of a family in one task, or of an average.

    `freedom` are its degrees of freedom, for one task the clusters less one. `is_stored` says that it was measured on
    stored answers; else it is assumed.
    """

    task: str
    standard_error: float
    freedom: float
    n_clusters: int
    is_stored: bool = False


Spreads = Mapping[tuple[str, str], Spread]
"""By task and metric, or task and family."""


@functools.cache
def assumed() -> Assumed:
    """The assumed variances."""
    tables = tomllib.loads((files("clue_lib.forecast") / "assumed.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, Assumed)


def assumed_spreads(sample: Sample) -> dict[tuple[str, str], Spread]:
    """The assumed spread of every metric and family of the sample's task."""
    task = TASKS[sample.task]
    per_answer = {metric: _variance(task, metric) for metric in task.metrics}
    for (
        family
    ) in FAMILIES.values():  # an answer fails in one way at a time, so the variances of the failure modes add up
        if modes := [per_answer[name] for name in task.metrics if METRICS[name].family == family]:
            per_answer[family] = sum(modes)
    inflation = _of_mean(sample, _shares(task))
    return {
        (task.name, name): Spread(
            task=task.name,
            standard_error=math.sqrt(variance * inflation),
            freedom=len(sample.sizes) - 1,
            n_clusters=len(sample.sizes),
        )
        for name, variance in per_answer.items()
    }


def _variance(task: Task, metric: str) -> float:
    """The variance of the difference between two equal models' scores of one answer."""
    known = assumed()
    deviations = known.deviations["all"] | known.deviations.get(task.name, {})
    if metric in deviations:
        return 2 * deviations[metric] ** 2 * (1 - known.agreement)
    if metric in known.changed:
        return known.changed[metric]
    return 2 * known.rates.get(metric, known.rates["default"]) * (1 - known.alike)


def _shares(task: Task) -> Shares:
    shares = assumed().shares
    return shares.get(task.name) or shares.get(task.group) or shares["all"]


def _of_mean(sample: Sample, shares: Shares) -> float:
    """The variance of the mean as a multiple of one answer's, by the correlations that `shares` gives."""
    n, repeats = sample.n, sample.n_repeats
    pairs = sum(size**2 for size in sample.sizes) / n**2
    noise = 1 - shares.cluster - shares.question - shares.drawing
    return shares.cluster * pairs + shares.drawing * pairs / repeats + shares.question / n + noise / (n * repeats)
