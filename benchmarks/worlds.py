"""Worlds in which the gate's decision is measured, drawn in other ways than `simulated.py`, which the margins rest on.

No normal variable is cut anywhere. Answers with options: a share `churn` changes; in which direction is decided by a
cluster's own odds, drawn from a beta distribution whose spread gives the intraclass correlation `icc`. Texts: the
candidate keeps the baseline's quantile with a chance of `alike`, else draws a new one, of a Kumaraswamy distribution
with the metric's mean and deviation. Failure modes: flags of which the models share a part, or that clump in a tenth of
the clusters. A true loss turns answers wrong, or scales a text's score. A wording shifts the candidate by an amount
that is 0 on average over eight wordings; each cluster draws one of them, or all have the same.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
from kumaraswamy import quantiles
from scipy import special
from simulated import CHOICES, LONGHEALTH, SCORES, TEXTS, made
from world import ACCURACY, WORDINGS, World

from clue_lib.judging.pairing import Paired
from clue_lib.stats import Floats

PATIENTS, QUESTIONS = 20, 20
MODES = {"empty": 0.002, "truncated": 0.03, "unparsed": 0.01, "repetition_loop": 0.002, "refusal": 0.002}
OF_CODES = {"incremented_runs": 0.01, "repeated_codes": 0.01}
OF_FORM = {"template_leakage": 0.001, "extra_text": 0.03, "wrong_length": 0.02}
"""Failure modes that only count in the family of instruction following, with `unparsed`."""
MADE_UP = {"problem_summary": ("unsupported_concepts", 0.1, 0.18), "medisumqa": ("unsupported_concepts", 0.1, 0.18),
           "medisumcode": ("invalid_codes", 0.38, 0.3)}  # fmt: skip
SHARED = 0.3
"""Share of a failure mode's occurrences that both models have in common."""
OF_ACCURACY = 0.6
"""About what the baseline's accuracies are: a wording that shifts these by 1.2 points shifts texts' scores by 2 %."""
SPACING = 2_000
"""Between the first labels of two tasks' clusters; LongHealth's patients come first."""


def run(world: World, generator: np.random.Generator) -> list[Paired]:
    """Every gated metric of one simulated run, and each task's instruction-following family."""
    paired = list(_longhealth(world, generator))
    milder = dataclasses.replace(world, icc=world.icc / 2)
    for place, (task, (n_clusters, size)) in enumerate({**CHOICES, **TEXTS}.items(), start=1):
        clusters = SPACING * place + np.repeat(np.arange(n_clusters), size)
        shifts = _shifts(world, n_clusters, generator)
        if task in CHOICES:
            directions = generator.random((n_clusters, 1))
            change = _changes(milder, f"{task}.accuracy", directions, (n_clusters, size), shifts, generator)
            paired.append(_of_changes(task, "accuracy", change.reshape(-1, 1), clusters, ACCURACY[task], generator))
        else:
            paired += _texts(milder, task, clusters, np.repeat(shifts, size), generator)
        paired += _failures(world, task, clusters, 1, generator)
    return paired


def _shifts(world: World, n_clusters: int, generator: np.random.Generator) -> Floats:
    """How far each cluster's wording shifts the candidate; 0 on average over all wordings, of which some are asked."""
    effects = generator.standard_normal(WORDINGS) * world.wording
    effects -= effects.mean()
    effects *= np.sqrt(WORDINGS / (WORDINGS - 1))
    drawn: Floats = effects[generator.integers(world.n_wordings, size=n_clusters)]
    return drawn


def _changes(
    world: World,
    name: str,
    directions: Floats,
    shape: tuple[int, int],
    shifts: Floats,
    generator: np.random.Generator,
) -> Floats:
    """−1, 0 or 1 for each answer of each cluster (or drawing of it); `directions` are the clusters' own quantiles."""
    drops = world.drops.get(name, 0.0) - shifts[:, None]
    total = np.maximum(world.churn, np.abs(drops))
    gains = _spread_out((total - drops) / (2 * total), total, drops, directions, world.icc)
    has_changed = generator.random(shape) < total
    gained = generator.random(shape) < gains
    return has_changed * np.where(gained, 1.0, -1.0)


def _spread_out(mean: Floats, total: Floats, drops: Floats, quantiles: Floats, icc: float) -> Floats:
    """Each cluster's chance that a change is a gain: beta, of a variance that correlates its answers by `icc`."""
    if not icc:
        return mean
    variance = np.minimum(icc * (total - drops**2) / (4 * total**2), 0.9 * mean * (1 - mean))
    size = mean * (1 - mean) / np.maximum(variance, 1e-12) - 1
    inner: Floats = special.betaincinv(mean * size, (1 - mean) * size, quantiles)
    return np.where((mean > 0) & (mean < 1), inner, mean)


def _longhealth(world: World, generator: np.random.Generator) -> Iterator[Paired]:
    """Three tasks on the same patients, who have the same odds in all of them; each drawing changes these a little."""
    clusters = np.repeat(np.arange(PATIENTS), QUESTIONS)
    patients = generator.random((PATIENTS, 1))
    drawings = _shaken(np.repeat(patients, world.n_drawings, axis=1), world.drawing / max(world.icc, 0.01), generator)
    for task in LONGHEALTH:
        shifts = _shifts(world, PATIENTS, generator)
        name = f"{task}.accuracy"
        shape = PATIENTS, QUESTIONS
        common = _changes(world, name, patients, shape, shifts, generator)
        each = [_changes(world, name, drawings[:, [i]], shape, shifts, generator) for i in range(world.n_drawings)]
        is_common = generator.random(shape) < world.question
        change = np.stack([np.where(is_common, common, one) for one in each], axis=-1).reshape(-1, world.n_drawings)
        yield _of_changes(task, "accuracy", change, clusters, ACCURACY[task], generator)
        if task == "longhealth_3":
            yield _of_changes(task, "answered_unanswerable", change, clusters, 1 - ACCURACY[task], generator)
        yield from _failures(world, task, clusters, world.n_drawings, generator)


def _shaken(quantiles: Floats, share: float, generator: np.random.Generator) -> Floats:
    """The quantiles, of which that share is drawn anew."""
    is_new = generator.random(quantiles.shape) < share
    return np.where(is_new, generator.random(quantiles.shape), quantiles)


def _of_changes(
    task: str, metric: str, change: Floats, clusters: Floats, level: float, generator: np.random.Generator
) -> Paired:
    """Scores of shape (examples, drawings) with these changes; unchanged answers score so that `level` is met.

    A change is a gain where it is 1: in accuracy the candidate alone is right, of a flag the baseline alone has it.
    """
    of_baseline, of_candidate = (-1, 1) if metric == "accuracy" else (1, -1)
    n_same = max(int((change == 0).sum()), 1)
    share = np.clip((level * change.size - (change == of_baseline).sum()) / n_same, 0, 1)
    same = generator.random(change.shape) < share
    before = np.where(change == 0, same, change == of_baseline)
    after = np.where(change == 0, same, change == of_candidate)
    return made(task, metric, before, after, clusters, is_flag=metric != "accuracy", is_binary=True)


def _failures(
    world: World, task: str, clusters: Floats, n_drawings: int, generator: np.random.Generator
) -> Iterator[Paired]:
    """Each failure mode, and the instruction-following family: any of its flags."""
    modes = MODES | OF_FORM | (OF_CODES if task == "medisumcode" else {})
    family: dict[str, list[Floats]] = {"before": [], "after": []}
    for name, rate in modes.items():
        drop = world.drops.get(f"{task}.{name}", 0.0)
        before, after = _flags(world, rate / world.rarer, drop, clusters, n_drawings, generator)
        if name in OF_FORM or name == "unparsed":
            family["before"].append(before)
            family["after"].append(after)
        if name not in OF_FORM:
            yield made(task, name, before, after, clusters, is_flag=True, is_binary=True)
    of_family = [np.any(family[side], axis=0) for side in ("before", "after")]
    yield made(task, "instruction following", *of_family, clusters, is_flag=True, is_binary=True)


def _flags(
    world: World, rate: float, drop: float, clusters: Floats, n_drawings: int, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Both models' flags of shape (examples, drawings)."""
    labels, place = np.unique(clusters, return_inverse=True)
    shape = len(clusters), n_drawings
    rates = []
    for more in (0.0, drop):
        if world.clumped:
            is_failing = generator.random(len(labels)) < 0.1
            rates.append(np.where(is_failing[place], min(10 * (rate + more), 1.0), 0.0)[:, None])
        else:
            rates.append(np.full((len(clusters), 1), rate + more))
    before = generator.random(shape) < rates[0]
    after = generator.random(shape) < rates[1]
    if world.clumped:
        return before, after
    is_shared = generator.random(shape) < SHARED
    kept = is_shared & (generator.random(shape) < rate / (rate + drop)) if drop else is_shared
    return before, np.where(kept, before, after)


def _texts(
    world: World, task: str, clusters: Floats, shifts: Floats, generator: np.random.Generator
) -> Iterator[Paired]:
    """Scores of generated texts, and where a task has it, the share of each that is made up."""
    n = len(clusters)
    metrics = {**SCORES[task]}
    if task in MADE_UP:
        name, mean, deviation = MADE_UP[task]
        metrics[name] = (mean, deviation)
    own = generator.random(n)
    labels, place = np.unique(clusters, return_inverse=True)
    of_letter = generator.random((2, len(labels)))[:, place]
    shares_letter = generator.random(n) < world.icc if len(labels) < n else np.zeros(n, bool)
    is_alike = np.where(shares_letter, of_letter[0], generator.random(n)) < world.alike
    new = np.where(shares_letter, of_letter[1], generator.random(n))
    for name, (mean, deviation) in metrics.items():
        follows = generator.random((2, n)) < 0.8  # a metric follows its text, or draws a quantile of its own
        before = np.where(follows[0], own, generator.random(n))
        after = np.where(is_alike, before, np.where(follows[1], new, generator.random(n)))
        drop = world.drops.get(f"{task}.{name}", 0.0)
        is_share = name in {"unsupported_concepts", "invalid_codes"}
        scores = [quantiles(mean, deviation, of_model) for of_model in (before, after)]
        factor = 1 + drop / mean if is_share else 1 + shifts / OF_ACCURACY - drop / mean
        counted = slice(0, int(0.95 * n)) if name == "concept_f1" else slice(0, n)
        yield made(
            task,
            name,
            scores[0][counted],
            np.clip(scores[1] * factor, 0, 1)[counted],
            clusters[counted],
            is_flag=is_share,
            n_excluded=n - len(clusters[counted]),
        )
