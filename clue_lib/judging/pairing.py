"""Pairs two models' runs of one task example by example, or refuses to. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from clue_lib import digests
from clue_lib.errors import NothingMeasured, PairingError
from clue_lib.judging.conditions import check_pairing
from clue_lib.judging.worst import Scores, worst
from clue_lib.metrics import METRICS
from clue_lib.metrics.base import Corpus, Metric
from clue_lib.stats import Floats, Labels, grouped_sums
from clue_lib.tasks import TASKS
from clue_lib.types import Example, Family, Flip, TaskRun, Tier, withheld


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folded:
    """A run's value that is no mean over examples: how it is folded, and of which statistics, one row per example."""

    corpus: Corpus
    baseline: Floats
    candidate: Floats


@withheld
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paired:
    """Both models' scores on one metric, one value per example, repeats averaged.

    The arrays are aligned and in ascending order of the example ids, whatever order the runs had. `clusters` are named
    so that only tasks on the same data share names. `sign` is −1 where lower is better. `folded` is None where a run's
    value is the mean. `n_repeats` is the mean number of answers per example; `is_binary` says that each answer scored 0
    or 1. For `n_excluded` examples, which are left out, the metric is undefined; for `n_unanswered` of these since it
    judges answers alone, and one of the models gave none.
    """

    task: str
    metric: str
    tier: Tier
    signature: str
    sign: float
    clusters: Labels
    baseline: Floats
    candidate: Floats
    n_repeats: float
    is_binary: bool
    n_excluded: int = 0
    n_unanswered: int = 0
    folded: Folded | None = None
    worst: tuple[Flip, ...] = ()

    @property
    def n(self) -> int:
        """How many examples count."""
        return len(self.baseline)

    @property
    def deltas(self) -> Floats:
        """Candidate minus baseline, positive where the candidate is better."""
        oriented: Floats = self.sign * (self.candidate - self.baseline)
        return oriented


def pair(baseline: TaskRun, candidate: TaskRun, metric: str) -> Paired:
    """Both runs on one metric.

    Raises PairingError where the runs differ in more than the model, NothingMeasured where the metric is undefined for
    every example.
    """
    check_pairing(baseline, candidate)
    scores = baseline.scores[metric], candidate.scores[metric]
    return _pair(baseline, candidate, METRICS[metric], scores, name=metric, signature=baseline.signatures[metric])


def pair_family(baseline: TaskRun, candidate: TaskRun, family: Family) -> Paired:
    """Both runs on a family of failure modes: an answer's score is its highest flag.

    Raises as `pair` does; NothingMeasured also where the task has none of them.
    """
    check_pairing(baseline, candidate)
    modes = [name for name in baseline.scores if METRICS[name].family == family]
    if not modes:
        raise NothingMeasured(f"{baseline.task}: nothing of it counts as {family}")
    scores = _worst_flags(baseline, modes), _worst_flags(candidate, modes)
    made_of = digests.of_value([baseline.signatures[name] for name in modes])
    signature = f"{family}|v1|{made_of[:16]}"
    return _pair(baseline, candidate, METRICS[modes[0]], scores, name=family, signature=signature)


def _pair(
    baseline: TaskRun,
    candidate: TaskRun,
    metric: Metric,
    scores: tuple[Scores, Scores],
    *,
    name: str,
    signature: str,
) -> Paired:
    examples = [response.example for response in baseline.responses]
    places = _places(baseline, candidate, scores, name, metric)
    places.sort(key=lambda place: (examples[place].id, examples[place].repeat))
    ids = [examples[place].id for place in places]
    _, first, example_of = np.unique(ids, return_index=True, return_inverse=True)
    answers = [np.array([of_run[place] for place in places], dtype=float) for of_run in scores]
    sign = 1.0 if metric.better == "higher" else -1.0
    return Paired(
        task=baseline.task,
        metric=name,
        tier=baseline.tier,
        signature=signature,
        sign=sign,
        clusters=np.array([cluster_name(baseline.task, examples[places[i]]) for i in first]),
        baseline=_by_example(answers[0], example_of),
        candidate=_by_example(answers[1], example_of),
        n_repeats=len(places) / len(first),
        is_binary=all(bool(np.isin(of_run, (0.0, 1.0)).all()) for of_run in answers),
        n_excluded=len({example.id for example in examples}) - len(first),
        n_unanswered=_n_unanswered(examples, scores, ids),
        folded=_folded(baseline, candidate, metric, places, example_of, name),
        worst=worst(baseline, candidate, scores, sign),
    )


def _folded(
    baseline: TaskRun, candidate: TaskRun, metric: Metric, places: Sequence[int], example_of: Labels, name: str
) -> Folded | None:
    if metric.corpus is None:
        return None
    rows = [np.array(run.statistics[name])[places] for run in (baseline, candidate)]
    return Folded(
        corpus=metric.corpus,
        baseline=_by_example(rows[0], example_of),
        candidate=_by_example(rows[1], example_of),
    )


def cluster_name(task: str, example: Example) -> str:
    """The cluster's name with its data's: two files may number alike, but LongHealth's tasks share their patients."""
    group = TASKS[task].group if task in TASKS else ""
    return f"{group or task}/{example.cluster}"


def _worst_flags(run: TaskRun, modes: Sequence[str]) -> list[float | None]:
    """Each answer's highest flag; None where every failure mode is undefined for it."""
    rows = zip(*(run.scores[name] for name in modes), strict=True)
    return [max((flag for flag in row if flag is not None), default=None) for row in rows]


def _n_unanswered(examples: Sequence[Example], scores: tuple[Scores, Scores], paired: Collection[str]) -> int:
    """How many examples are left out since the metric is defined for the answer of one model and not of the other."""
    of_one = {
        example.id
        for example, of_baseline, of_candidate in zip(examples, *scores, strict=True)
        if (of_baseline is None) != (of_candidate is None)
    }
    return len(of_one - set(paired))


def _places(
    baseline: TaskRun, candidate: TaskRun, scores: tuple[Scores, Scores], name: str, metric: Metric
) -> list[int]:
    """The places in both runs for which the metric is defined: the same in both, unless it judges answers alone."""
    of_baseline, of_candidate = (
        [place for place, value in enumerate(of_run) if value is not None] for of_run in scores
    )
    if metric.of_answers:
        both = set(of_baseline) & set(of_candidate)
        if not both:
            raise NothingMeasured(f"{baseline.task}: {name} is defined for both models' answers to no example")
        return sorted(both)
    if of_baseline != of_candidate:
        raise PairingError(
            f"{baseline.task}: {name} is undefined for other examples of {baseline.model} than of {candidate.model}"
        )
    if not of_baseline:
        if metric.of_ends and name == metric.name:
            raise NothingMeasured(f"{baseline.task}: {name} needs to know why answers ended, which is not told")
        raise NothingMeasured(f"{baseline.task}: {name} is undefined for every example")
    return of_baseline


def _by_example(rows: Floats, example_of: Labels) -> Floats:
    """Mean of each example's repeats, of values or of rows of statistics. Raises ValueError for what is no number."""
    if not np.isfinite(rows).all():
        raise ValueError("a metric scored an answer with what is no finite number; no figure can be made of it")
    means: Floats = (grouped_sums(rows, example_of).T / np.bincount(example_of)).T
    return means
