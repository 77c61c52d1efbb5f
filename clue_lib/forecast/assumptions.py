"""How two equal models' scores are taken to differ where no answers say it: the content of assumed.toml. Pure."""

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from clue_lib.judging.whole_run import FAMILIES
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS, Task
from clue_lib.types import Tier


class Shares(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of an answer's variance that a cluster's answers, a question's repeats, a drawing's answers share."""

    cluster: float = 0.0
    question: float = 0.0
    drawing: float = 0.0


class Speed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tokens a second of one engine."""

    prompt: float
    new: float


class Assumed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of assumed.toml, which says where the values come from."""

    agreement: float
    alike: float
    within_task: float
    within_group: float
    shares: dict[str, Shares]
    changed: dict[str, float]
    rates: dict[str, float]
    deviations: dict[str, dict[str, float]]
    speed: dict[str, Speed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A task's data as far as errors depend on it: examples in each cluster, drawings of each example."""

    task: str
    tier: Tier
    sizes: tuple[int, ...]
    n_repeats: int = 1

    @property
    def n(self) -> int:
        """How many examples there are, repeats aside."""
        return sum(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The error of one difference: of a metric, a family in one task, or an average. `freedom` is clusters less one."""

    task: str
    standard_error: float
    freedom: float
    n_clusters: int
    is_stored: bool = False


Spreads = Mapping[tuple[str, str], Spread]
"""By task and metric, or task and family."""


@functools.cache
def assumed() -> Assumed:
    """The variances and speeds taken for granted."""
    tables = tomllib.loads((files("clue_lib.forecast") / "assumed.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, Assumed)


def assumed_spreads(sample: Sample) -> dict[tuple[str, str], Spread]:
    """The assumed spread of every metric and family of the sample's task."""
    task = TASKS[sample.task]
    per_answer = {metric: _variance(task, metric) for metric in task.metrics}
    for family in FAMILIES.values():  # an answer fails in one way at a time, so that the modes' variances add up
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
    """Of one answer's difference between equal models."""
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
    """The variance of the mean over that of one answer, from what clusters, questions and drawings share."""
    n, repeats = sample.n, sample.n_repeats
    pairs = sum(size**2 for size in sample.sizes) / n**2
    noise = 1 - shares.cluster - shares.question - shares.drawing
    return shares.cluster * pairs + shares.drawing * pairs / repeats + shares.question / n + noise / (n * repeats)
