"""How soon early rejection stops a candidate that lost, and how seldom one that did not, on simulated full-size runs.

    python benchmarks/early_rejection.py [N_RUNS] [CANDIDATE]

The generators are this file's own, other than those of `simulated.py`: a model passes a question where its normal
ability suffices, which both models share in part and a cluster's questions in part; texts score by a mixture with many
zeros and a heavy tail; answers fail in clumps. What is looked at, and when, is the gate's own: scouts, capital, limit.
Worlds, each for equal models, for models at 0.9 of every margin at once, for OpenBioLLM-8B's losses as published, and
for losses of 5 and 10 points everywhere:

plain    15 % of the choices change, clusters share nothing
clumped  40 % change, clusters share a third of what changes them, failures come in clumps of a cluster
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import special

from clue_lib import stats
from clue_lib.judging import RULES, early, load_thresholds
from clue_lib.runs import scouting
from clue_lib.tasks import TASKS
from clue_lib.types import ANY_FAILURE, Stream

ROOT = Path(__file__).parents[1]
THRESHOLDS = load_thresholds(ROOT / "thresholds.toml")

SIZES = {
    "mednli": (474, 3),
    "meqsum": (997, 1),
    "problem_summary": (234, 1),
    "medisumqa": (208, 2),
    "medisumcode": (499, 1),
    "nejm": (347, 1),
    "jama": (140, 1),
}
"""Clusters of the official files, and questions in each."""

CONTEXTS = 3 * 400 * RULES["ci"].n_drawings
"""LongHealth's prompts, which are asked behind all scouts, and looked at by nobody."""

PUBLISHED = {
    "mednli": ("MedNLI", "Accuracy"),
    "meqsum": ("MeQSum", "ROUGE-L"),
    "problem_summary": ("ProblemSummary", "ROUGE-L"),
    "medisumqa": ("MeDiSumQA", "ROUGE-L"),
    "medisumcode": ("MeDiSumCode", "AP F1"),
    "nejm": ("NEJM case challenges", "Accuracy"),
    "jama": ("JAMA case challenges", "Accuracy"),
}
"""The names of tasks and metrics in the table of published figures."""

FAILING = 0.02
"""Share of the base's answers that fail in some way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How alike models are: `churn` of the choices of equal ones change, clusters share so much of what changes."""

    churn: float
    shared: float
    clumps: bool


WORLDS = {
    "plain": World(churn=0.15, shared=0.0, clumps=False),
    "clumped": World(churn=0.40, shared=0.33, clumps=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a candidate lost of each task's metric, and by how much more often its answers fail."""

    of_metric: Mapping[str, float]
    of_failures: float = 0.0


def main() -> None:
    """Print a line per world and loss."""
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    named = {name: loss for name, loss in losses().items() if name in (sys.argv[2:] or losses())}
    n_prompts = sum(n * size for n, size in SIZES.values()) + CONTEXTS
    n_scouts = sum(task.n_scouts * scouting.N_ROUNDS for task in TASKS.values())
    print(
        f"{n_runs} runs a line; {n_prompts:,} prompts, {n_scouts} of them scouts ({100 * n_scouts / n_prompts:.1f} %)"
    )
    print(f"{'world':9}{'candidate':24}{'rejected':>9}{'by 10 %':>9}{'by 1 round':>11}{'mean share':>11}")
    for world_name, world in WORLDS.items():
        for name, loss in named.items():
            generator = np.random.default_rng(20)
            shares = [asked(world, loss, generator) / n_prompts for _ in range(n_runs)]
            print(f"{world_name:9}{name:24}{_told(shares, n_scouts / n_prompts)}", flush=True)


def _told(shares: list[float], scouts: float) -> str:
    found = np.array(shares)
    rejected = found < 1
    mean = 100 * float(found.mean())
    return (
        f"{100 * rejected.mean():8.1f}%{100 * (found <= 0.10).mean():8.1f}%"
        f"{100 * (found <= scouts / scouting.N_ROUNDS).mean():10.1f}%{mean:10.1f}%"
    )


def losses() -> dict[str, Loss]:
    """Candidates by name."""
    margins = {name: _margin(name) for name in SIZES}
    base, candidate = published("Llama-3-8B-Instruct"), published("OpenBioLLM-8B")
    openbio = {name: base[name] - candidate.get(name, base[name]) for name in SIZES}
    return {
        "equal": Loss(of_metric=dict.fromkeys(SIZES, 0.0)),
        "at 0.9 of every margin": Loss(
            of_metric={name: 0.9 * margin for name, margin in margins.items()},
            of_failures=0.9 * early.FAILURE_MARGIN,
        ),
        "OpenBioLLM-8B": Loss(of_metric=openbio),
        "10 points everywhere": Loss(of_metric=dict.fromkeys(SIZES, 0.10)),
        "5 points everywhere": Loss(of_metric=dict.fromkeys(SIZES, 0.05)),
    }


def published(alias: str) -> dict[str, float]:
    """A model's published share by task; the base's of JAMA is assumed where none is."""
    with (ROOT / "clue_lib/report/published_results.csv").open(encoding="utf-8") as file:
        rows = {(row["task"], row["metric"]): row for row in csv.DictReader(file) if row["alias"] == alias}
    known = {name: float(rows[key]["value"]) / 100 for name, key in PUBLISHED.items() if key in rows}
    return {"jama": 0.6, **known} if alias == "Llama-3-8B-Instruct" else known


def asked(world: World, loss: Loss, generator: np.random.Generator) -> int:
    """How many prompts the candidate answers before it is stopped; all of them where it is not."""
    base = published_base()
    answers = {name: _differences(name, base[name], world, loss, generator) for name in SIZES}
    n_seen = dict.fromkeys(SIZES, 0)
    n_asked = 0
    parts = [*_parts(n_seen)]
    for place, (name, end) in enumerate(parts):
        if name is None:
            n_asked += CONTEXTS
            continue
        n_asked += (end - n_seen[name]) * SIZES[name][1]
        n_seen[name] = end
        streams = [stream for task in SIZES for stream in _streams(task, answers[task], n_seen[task])]
        if place < len(parts) - 1 and early.rejects(early.evidence(streams)):
            return n_asked
    return sum(n * size for n, size in SIZES.values()) + CONTEXTS


_base: dict[str, float] = {}


def published_base() -> dict[str, float]:
    """The base's figures, read once."""
    if not _base:
        _base.update(published("Llama-3-8B-Instruct"))
    return _base


def _parts(tasks: Mapping[str, int]) -> Iterator[tuple[str | None, int]]:
    """Each part of a run: its task, and how many clusters of it are answered then. LongHealth is None."""
    for number in range(1, scouting.N_ROUNDS + 1):
        for name in tasks:
            n_clusters, size = SIZES[name]
            yield name, min(n_clusters, -(-TASKS[name].n_scouts * number // size))
    for name in tasks:
        if name == "medisumqa":  # LongHealth's tasks go before it
            yield None, 0
        yield name, SIZES[name][0]


def _streams(task: str, answers: tuple[np.ndarray, np.ndarray], n_seen: int) -> Iterator[Stream]:
    margins = {TASKS[task].scout_metric: _margin(task), ANY_FAILURE: early.FAILURE_MARGIN}
    for (metric, margin), deltas in zip(margins.items(), answers, strict=True):
        seen = deltas[:n_seen].tolist()
        gains = stats.cluster_gains(seen, margin=margin, largest=SIZES[task][1])
        yield Stream(task=task, metric=metric, margin=margin, n=n_seen, capital=stats.capital(gains, margin=margin))


def _margin(task: str) -> float:
    metric = TASKS[task].scout_metric
    return next(gate.margin for gate in THRESHOLDS.gates if gate.task == task and gate.metric == metric)


def _differences(
    task: str, base: float, world: World, loss: Loss, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Oriented differences of the task's metric and of its failures, a row per cluster, in the order of asking."""
    shape = SIZES[task]
    lost = loss.of_metric[task]
    is_choice = TASKS[task].scout_metric == "accuracy"
    metric = _choices(base, lost, world, shape, generator) if is_choice else _texts(base, lost, shape, generator)
    return metric, _failures(loss.of_failures, world, shape, generator)


def _choices(
    base: float, lost: float, world: World, shape: tuple[int, int], generator: np.random.Generator
) -> np.ndarray:
    """Both models pass a question where their ability exceeds it; abilities of equal ones agree but for the churn."""
    alike = np.cos(np.pi * world.churn)  # of two normals with this correlation so many pairs differ in sign
    common = generator.normal(size=shape)
    own = np.sqrt(world.shared) * generator.normal(size=(shape[0], 1))
    own = own + np.sqrt(1 - world.shared) * generator.normal(size=shape)
    ability = alike * common + np.sqrt(1 - alike**2) * own
    right = common > -special.ndtri(base)
    still = ability > -special.ndtri(max(base - lost, 1e-3))
    return still.astype(float) - right


def _texts(base: float, lost: float, shape: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """Scores with a tenth of zeros and a long right tail; a candidate's is half its base's, half its own."""
    quality = generator.normal(size=shape)
    again = np.sqrt(0.5) * quality + np.sqrt(0.5) * generator.normal(size=shape)
    return _scored(again, max(base - lost, 0.005), generator) - _scored(quality, base, generator)


def _scored(quality: np.ndarray, mean: float, generator: np.random.Generator) -> np.ndarray:
    """Scores of this mean: log-normal, cut off at 1, a tenth of them 0."""
    spread = 0.7
    scores = np.minimum(np.exp(spread * quality - spread**2 / 2), 1 / mean)  # of mean 1, but for what is cut off
    share = 0.9 * float(np.minimum(np.exp(spread * _NORMAL - spread**2 / 2), 1 / mean).mean())
    return np.minimum(mean / share, 1) * scores * (generator.random(quality.shape) < 0.9)


_NORMAL = special.ndtri((np.arange(2000) + 0.5) / 2000)


def _failures(more: float, world: World, shape: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    draws = [generator.random((shape[0], 1) if world.clumps else shape) for _ in range(2)]
    base, candidate = (np.broadcast_to(draw, shape) for draw in draws)
    return (base < FAILING).astype(float) - (candidate < FAILING + more)


if __name__ == "__main__":
    main()
