"""Full-size runs of two simulated models: CLUE's tasks at official sizes, with what couples their answers.

Questions with options: of two equal models a share `churn` of the answers changes, as often to right as to wrong; which
ones is a cut through a normal variable made of what LongHealth's answers share (patient, patient × repeat, letters that
serve as distractors) and of noise. Texts: scores are beta-distributed, of the June 2024 means of Llama-3-8B-Instruct,
correlated between models and metrics. Failure modes: rare flags. Every number goes through the gate's own code.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from clue_lib.judging.pairing import Paired
from clue_lib.stats import Floats

PATIENTS, QUESTIONS, LETTERS, DRAWN = 20, 20, 160, 10
CHOICES = {"mednli": (474, 3), "nejm": (347, 1), "jama": (140, 1)}
"""Clusters, and examples in each."""
TEXTS = {"meqsum": (1000, 1), "problem_summary": (237, 1), "medisumqa": (208, 2), "medisumcode": (500, 1)}
LONGHEALTH = ("longhealth_1", "longhealth_2", "longhealth_3")
SCORES: dict[str, dict[str, tuple[float, float]]] = {
    "meqsum": {"rouge1": (0.365, 0.2), "rouge2": (0.164, 0.18), "rougeL": (0.322, 0.19), "bertscore_f1": (0.727, 0.09)},
    "problem_summary": {
        "rouge1": (0.285, 0.15),
        "rouge2": (0.099, 0.11),
        "rougeL": (0.227, 0.13),
        "bertscore_f1": (0.715, 0.07),
        "concept_f1": (0.253, 0.2),
    },
    "medisumqa": {
        "rouge1": (0.282, 0.12),
        "rouge2": (0.096, 0.09),
        "rougeL": (0.224, 0.11),
        "bertscore_f1": (0.686, 0.06),
        "concept_f1": (0.227, 0.18),
    },
    "medisumcode": {"code_f1": (0.04, 0.09), "category_f1": (0.176, 0.17), "valid_share": (0.619, 0.3)},
}
"""Mean and standard deviation of each metric's per-example scores; the means are published, the deviations assumed."""
OPENBIOLLM_8B = {
    "mednli.accuracy": 0.2915,
    "longhealth_1.accuracy": 0.3075,
    "longhealth_2.accuracy": 0.248,
    "longhealth_3.accuracy": 0.547,
    "nejm.accuracy": 0.343,
    "meqsum.rouge1": 0.0708,
    "meqsum.rouge2": 0.0234,
    "meqsum.rougeL": 0.0599,
    "meqsum.bertscore_f1": 0.1035,
    "problem_summary.rouge1": 0.149,
    "problem_summary.rouge2": 0.0584,
    "problem_summary.rougeL": 0.1188,
    "problem_summary.bertscore_f1": 0.0731,
    "problem_summary.concept_f1": 0.0965,
    "medisumqa.rouge1": 0.002,
    "medisumqa.rouge2": -0.0082,
    "medisumqa.rougeL": -0.0045,
    "medisumqa.bertscore_f1": -0.0008,
    "medisumqa.concept_f1": 0.0059,
    "medisumcode.code_f1": 0.0311,
    "medisumcode.category_f1": 0.1271,
    "medisumcode.valid_share": 0.1077,
}
"""What OpenBioLLM-8B lost against Llama-3-8B-Instruct (CLUE June 2024; NEJM: Dorfner 2024, who give no JAMA figure)."""
FLAGS = {
    "empty": 0.002,
    "truncated": 0.03,
    "unparsed": 0.01,
    "template_leakage": 0.001,
    "extra_text": 0.03,
    "wrong_length": 0.02,
}
"""Rates of the failure modes that every task has; the last four are the instruction-following family."""
INSTRUCTION = tuple(FLAGS)[2:]
UNSUPPORTED = (0.1, 0.18)
ALIKE = 0.3
"""Share of a failure mode's occurrences that both models have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run is drawn from.

    `churn` is the share of answers to questions with options that change. Shares of the variance of LongHealth's latent
    differences: `patient`, `patient_repeat` (one drawing of letters), `letter` (the distractors drawn), `question`.
    `agreement` is the correlation of both models' text scores. `drops` are true losses by "task.metric".
    """

    churn: float = 0.3
    patient: float = 0.1
    patient_repeat: float = 0.05
    letter: float = 0.02
    question: float = 0.3
    n_repeats: int = 5
    agreement: float = 0.6
    drops: Mapping[str, float] = field(default_factory=dict)


def made_up_in(task: str) -> str:
    """What a text task watches for hallucinations."""
    return "invalid_codes" if task == "medisumcode" else "unsupported_concepts"


def worse(points: float) -> dict[str, float]:
    """Every CLUE metric lower by so much; failure modes as they were."""
    accuracies = [f"{task}.accuracy" for task in (*CHOICES, *LONGHEALTH)]
    return dict.fromkeys([*accuracies, *(f"{task}.{name}" for task, m in SCORES.items() for name in m)], points)


def changes(latent: Floats, *, churn: float, drop: float) -> Floats:
    """−1, 0 or 1 by standard normal `latent`: a share `churn` changes, or `drop`; losses exceed gains by `drop`."""
    total = max(churn, abs(drop))
    lost, gained = special.ndtri((total + drop) / 2), special.ndtri(1 - (total - drop) / 2)
    return (latent > gained).astype(float) - (latent < lost)


def from_changes(task: str, metric: str, change: Floats, clusters: Floats, *, is_flag: bool = False) -> Paired:
    """Scores of shape (examples, repeats) with these changes.

    Of the answers that do not change half are right, and none has the failure.
    """
    unchanged = np.arange(change.size).reshape(change.shape) % 2 * (not is_flag)
    before = np.where(change == 0, unchanged, (change > 0) if is_flag else (change < 0))
    after = np.where(change == 0, unchanged, (change < 0) if is_flag else (change > 0))
    return made(task, metric, before, after, clusters, is_flag=is_flag, is_binary=True)


def made(
    task: str,
    metric: str,
    before: Floats,
    after: Floats,
    clusters: Floats,
    *,
    is_flag: bool = False,
    is_binary: bool = False,
    n_excluded: int = 0,
) -> Paired:
    """A pair of scores of shape (examples, drawings), as the gate's own pairing makes it; of a flag less is better."""
    before, after = np.atleast_2d(before.T).T, np.atleast_2d(after.T).T
    return Paired(
        task=task,
        metric=metric,
        tier="public",
        signature=f"{metric}|simulated",
        sign=-1.0 if is_flag else 1.0,
        clusters=clusters,
        baseline=before.mean(axis=1, dtype=float),
        candidate=after.mean(axis=1, dtype=float),
        n_repeats=before.shape[1],
        is_binary=is_binary,
        n_excluded=n_excluded,
    )


def run(world: World, generator: np.random.Generator) -> list[Paired]:
    """Every task's metrics and failure modes of one simulated run; families have the metrics' name of the family."""
    paired = [*_longhealth(world, generator)]
    for offset, (task, (n_clusters, size)) in enumerate({**CHOICES, **TEXTS}.items(), start=1):
        clusters = 10_000 * offset + np.repeat(np.arange(n_clusters), size)
        if task in CHOICES:
            latent = generator.standard_normal((n_clusters * size, 1))
            drop = world.drops.get(f"{task}.accuracy", 0.0)
            paired.append(from_changes(task, "accuracy", changes(latent, churn=world.churn, drop=drop), clusters))
        else:
            paired += _texts(world, task, clusters, generator)
        paired += _failures(world, task, clusters, generator.standard_normal((len(FLAGS), len(clusters), 1)))
    return paired


def _longhealth(world: World, generator: np.random.Generator) -> Iterator[Paired]:
    """Three tasks on the same patients; the second and third draw the same letters of others."""
    shape = PATIENTS, QUESTIONS, world.n_repeats
    clusters = np.repeat(np.arange(PATIENTS), QUESTIONS)
    patient, question = generator.standard_normal((PATIENTS, 1, 1)), generator.standard_normal((PATIENTS, QUESTIONS, 1))
    drawing = generator.standard_normal((PATIENTS, 1, world.n_repeats))
    letters = generator.standard_normal(LETTERS)
    drawn = generator.integers(LETTERS, size=(PATIENTS, 1, world.n_repeats, DRAWN))
    distractors = letters[drawn].sum(axis=3) / np.sqrt(DRAWN)
    for task in LONGHEALTH:
        own = generator.standard_normal((PATIENTS, 1, 1)), generator.standard_normal((PATIENTS, QUESTIONS, 1))
        with_others = task != "longhealth_1"
        shares = {
            "patient": (world.patient, (patient + own[0]) / np.sqrt(2)),
            "question": (world.question, (question + own[1]) / np.sqrt(2)),
            "drawing": (world.patient_repeat, drawing),
            "letter": (world.letter * with_others, distractors),
        }
        latent = sum(np.sqrt(share) * effect for share, effect in shares.values())
        noise = 1 - sum(share for share, _ in shares.values())
        latent = latent + np.sqrt(noise) * generator.standard_normal(shape)
        drop = world.drops.get(f"{task}.accuracy", 0.0)
        change = changes(latent, churn=world.churn, drop=drop).reshape(-1, world.n_repeats)
        yield from_changes(task, "accuracy", change, clusters)
        if task == "longhealth_3":
            yield from_changes(task, "answered_unanswerable", change, clusters, is_flag=True)
        per_patient = generator.standard_normal((len(FLAGS), PATIENTS, 1, 1))
        flags = np.sqrt(world.patient) * per_patient + np.sqrt(1 - world.patient) * generator.standard_normal(
            (len(FLAGS), *shape)
        )
        yield from _failures(world, task, clusters, flags.reshape(len(FLAGS), -1, world.n_repeats))


def _failures(world: World, task: str, clusters: Floats, latent: Floats) -> Iterator[Paired]:
    """Each failure mode, and the instruction-following family: any of its flags."""
    drops = [world.drops.get(f"{task}.{name}", 0.0) for name in FLAGS]
    churn = [2 * rate * (1 - ALIKE) + drop for rate, drop in zip(FLAGS.values(), drops, strict=True)]
    change = [changes(row, churn=c, drop=d) for row, c, d in zip(latent, churn, drops, strict=True)]
    for name, row in zip(FLAGS, change, strict=True):
        yield from_changes(task, name, row, clusters, is_flag=True)
    family = np.stack(change[len(FLAGS) - len(INSTRUCTION) :])
    before, after = (family > 0).any(axis=0), (family < 0).any(axis=0)
    yield made(task, "instruction following", before, after, clusters, is_flag=True, is_binary=True)


def _texts(world: World, task: str, clusters: Floats, generator: np.random.Generator) -> Iterator[Paired]:
    """Scores of generated texts, and what they say without support; a MeDiSumQA letter adds to the candidate's part."""
    made_up = made_up_in(task)
    metrics = {**SCORES[task], made_up: UNSUPPORTED if made_up == "unsupported_concepts" else (0.38, 0.3)}
    shared = generator.standard_normal((3, 1, len(clusters)))
    own = generator.standard_normal((3, len(metrics), len(clusters)))
    common, before, after = np.sqrt(0.8) * shared + np.sqrt(0.2) * own
    if task == "medisumqa":
        letters = np.repeat(generator.standard_normal(len(clusters) // 2), 2)
        after = np.sqrt(0.1) * letters + np.sqrt(0.9) * after
    latent = [np.sqrt(world.agreement) * common + np.sqrt(1 - world.agreement) * part for part in (before, after)]
    for row, (name, (mean, deviation)) in enumerate(metrics.items()):
        drop = world.drops.get(f"{task}.{name}", 0.0)
        is_flag = name == made_up
        lower = max(mean - drop, 0.002) if not is_flag else mean + drop
        scores = _beta(latent[0][row], mean, deviation), _beta(latent[1][row], lower, deviation)
        counted = slice(0, None) if name != "concept_f1" else slice(0, int(0.95 * len(clusters)))
        n_excluded = len(clusters) - len(clusters[counted])
        yield made(
            task,
            name,
            scores[0][counted],
            scores[1][counted],
            clusters[counted],
            is_flag=is_flag,
            n_excluded=n_excluded,
        )


def _beta(latent: Floats, mean: float, deviation: float) -> Floats:
    grid, values = _beta_table(mean, min(deviation, 0.95 * np.sqrt(mean * (1 - mean))))
    return np.interp(latent, grid, values)


@functools.lru_cache
def _beta_table(mean: float, deviation: float) -> tuple[Floats, Floats]:
    precision = mean * (1 - mean) / deviation**2 - 1
    grid = np.linspace(-5, 5, 1001)
    return grid, special.betaincinv(mean * precision, (1 - mean) * precision, special.ndtr(grid))
