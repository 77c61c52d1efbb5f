"""How often the correction lets any false alarm through, and what it leaves to see: by simulated test statistics.

    python benchmarks/familywise.py [N_RUNS]

A run has CLUE's ten tasks with their metrics, six failure modes of each and six gates over the whole run; statistics
are normal, and within a task or family correlated. In some worlds each task has a metric that is ruined for certain
beside others that are as good as before. Printed is in how many of N_RUNS (10,000) runs anything that did not fall is
called so, at α = 0.05, by

gate       the gate's own correction (`clue_lib.judging.correct`)
Holm       one Holm over all gates, as before
steps      Holm over the tasks' Simes p, then Hommel in each task at the level that Holm leaves: what it must not be
none       no correction

and how often a task's only metric, a metric among five, and five together are called fallen, with a loss of so many
standard errors.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from clue_lib import stats
from clue_lib.judging.correction import WHOLE
from clue_lib.stats import Floats

ALPHA = 0.05
METRICS = (1, 4, 5, 1, 1, 1, 5, 3, 1, 1)
"""MedNLI, MeQSum, Problem Summary, LongHealth's three, MeDiSumQA, MeDiSumCode, NEJM and JAMA."""
N_FAILURE_MODES, N_WHOLE_RUN = 60, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`within` is the correlation of a task's statistics; where it is `opposed`, every second one has the other sign.

    `ruined` metrics of each task of several fell for certain; `losses` are those of single tasks, in standard errors:
    of all their metrics, or of the first alone where they are `lone`.
    """

    within: float = 0.6
    is_opposed: bool = False
    ruined: int = 0
    losses: tuple[tuple[int, float], ...] = ()
    is_lone: bool = False


WORLDS = {
    "equal, independent metrics": World(within=0.0),
    "equal, correlation 0.6": World(),
    "equal, correlation 0.95": World(within=0.95),
    "equal, correlations of both signs": World(is_opposed=True),
    "one metric of each task ruined, 0.6": World(ruined=1),
    "two metrics of each task ruined, 0.6": World(ruined=2),
    "one ruined, both signs": World(ruined=1, is_opposed=True),
    "JAMA lost 3.5 errors": World(losses=((9, 3.5),)),
    "one metric of MeQSum lost 3.5 errors": World(losses=((1, 3.5),), is_lone=True),
    "all of MeDiSumQA lost 3.5 errors": World(losses=((6, 3.5),)),
}


def quality(world: World, draw: np.random.Generator) -> tuple[list[Floats], list[Floats]]:
    """The p of each task's metrics, and which of them fell."""
    p, fell = [], []
    for place, n in enumerate(METRICS):
        z = np.sqrt(world.within) * draw.standard_normal() + np.sqrt(1 - world.within) * draw.standard_normal(n)
        z *= np.where(np.arange(n) % 2 == 1, -1.0, 1.0) if world.is_opposed else 1.0
        lost = np.zeros(n)
        lost[: min(world.ruined, n - 1)] = 20.0
        for task, errors in world.losses:
            if task == place:
                lost[: 1 if world.is_lone else n] = errors
        p.append(special.ndtr(z - lost))
        fell.append(lost > 0)
    return p, fell


def nulls(n: int, draw: np.random.Generator) -> Floats:
    """The p of so many correlated gates that did not fall."""
    return special.ndtr(np.sqrt(0.2) * draw.standard_normal() + np.sqrt(0.8) * draw.standard_normal(n))


def by_gate(p: Sequence[Floats], failures: Floats, whole_run: Floats) -> tuple[Floats, Floats]:
    """What is called fallen of the quality gates, and of all others."""
    of_quality = np.concatenate(stats.hommel_in_groups(p)) <= ALPHA * WHOLE.quality
    others = [stats.holm(failures) <= ALPHA * WHOLE.failure_modes, stats.holm(whole_run) <= ALPHA * WHOLE.whole_run]
    return of_quality, np.concatenate(others)


def by_holm(p: Sequence[Floats], failures: Floats, whole_run: Floats) -> tuple[Floats, Floats]:
    """As `by_gate`, of one Holm over all."""
    called = stats.holm(np.concatenate([*p, failures, whole_run])) <= ALPHA
    n = sum(len(of_task) for of_task in p)
    return called[:n], called[n:]


def by_steps(p: Sequence[Floats], failures: Floats, whole_run: Floats) -> tuple[Floats, Floats]:
    """As `by_gate`, but a task is done once its Simes p is rejected."""
    in_tasks = [stats.hommel(of_task) for of_task in p]
    simes = np.array([of_task.min() for of_task in in_tasks])
    order, level, left = np.argsort(simes), ALPHA * WHOLE.quality, len(p)
    called: list[Floats] = [np.zeros(len(of_task), dtype=bool) for of_task in p]
    for place in order:
        if simes[place] > level / left:
            break
        called[place] = in_tasks[place] <= level / left
        left -= 1
    return np.concatenate(called), by_gate(p, failures, whole_run)[1]


def uncorrected(p: Sequence[Floats], failures: Floats, whole_run: Floats) -> tuple[Floats, Floats]:
    """As `by_gate`, without a correction."""
    return np.concatenate(p) <= ALPHA, np.concatenate([failures, whole_run]) <= ALPHA


WAYS = {"gate": by_gate, "Holm": by_holm, "steps": by_steps, "none": uncorrected}


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    n_runs = int(arguments[0]) if arguments else 10_000
    print(f"{'any false alarm / any loss seen, in percent of runs':40}" + "".join(f"{name:>16}" for name in WAYS))
    for name, world in WORLDS.items():
        draw, alarms, seen = np.random.default_rng(1), dict.fromkeys(WAYS, 0), dict.fromkeys(WAYS, 0)
        for _ in range(n_runs):
            p, fell_by_task = quality(world, draw)
            fell = np.concatenate(fell_by_task)
            failures, whole_run = nulls(N_FAILURE_MODES, draw), nulls(N_WHOLE_RUN, draw)
            for way, call in WAYS.items():
                called, others = call(p, failures, whole_run)
                alarms[way] += bool((called & ~fell).any() or others.any())
                seen[way] += bool((called & fell).any())
        cells = [f"{100 * alarms[way] / n_runs:.1f} /{100 * seen[way] / n_runs:5.1f}" for way in WAYS]
        print(f"{name:40}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
