"""How often models fail: this gate now, this gate before, and what others do with the same answers.

    python benchmarks/decision.py [equal|losses] [N_RUNS] [SEED]

equal   a model as good as its base, in several worlds: how often it is failed, and how often `release` certifies it
losses  models with true losses, in the default world: how often they are failed
Without a name both are run. The worlds are those of `worlds.py`, at the official files' sizes. `now` is profile `ci`
with its drawings of LongHealth's letters, with eight wordings, and with the level that early rejection leaves it where
the baseline is stored (no model is rejected early here); `no early` is `ci` with its whole level. The others have one
drawing and one wording, as before. The simulation's error is that of a share of N_RUNS runs (by default 200). 0.1 s a
run of all rules on one idle core.
"""

import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence

import numpy as np
from error_rates import POLICY, Run, compared_runs, failed, gate_of
from other_rules import RULES
from world import LOSSES, World
from worlds import run

from clue_lib.judging import Verdict, drawings, judge
from clue_lib.types import Profile

DEFAULT = World()
EQUAL: Mapping[str, World] = {
    "default: churn 30 %, ICC 0.1": DEFAULT,
    "churn 5 %": World(churn=0.05),
    "churn 10 %": World(churn=0.1),
    "churn 20 %": World(churn=0.2),
    "churn 40 %": World(churn=0.4),
    "ICC 0": World(icc=0.0),
    "ICC 0.2": World(icc=0.2),
    "ICC 0.3": World(icc=0.3),
    "heavy tails: 5 % of texts are others": World(alike=0.95),
    "clumped failures": World(clumped=True),
    "rare failures: a tenth as many": World(rarer=10.0),
    "wordings differ by 1 point": World(wording=0.01),
    "wordings differ by 2 points": World(wording=0.02),
    "wordings differ by 3 points": World(wording=0.03),
}
HEADINGS = ("now", "no early", *RULES)


def shares(world: World, n_runs: int, *, seed: int) -> list[float]:
    """How often each of `HEADINGS` fails the model."""
    runs = compared_by_us(world, n_runs, "ci", seed=seed)
    now = [failed(judged(runs, "ci", is_early=is_early)) for is_early in (True, False)]
    as_before = dataclasses.replace(world, n_drawings=1, n_wordings=1)
    generator = np.random.default_rng([seed, 1])
    drawn = [run(as_before, generator) for _ in range(n_runs)]
    return [*now, *(rule(drawn) for rule in RULES.values())]


def compared_by_us(world: World, n_runs: int, profile: Profile, *, seed: int) -> list[Run]:
    """Runs of the gate, with the contexts that the profile draws."""
    drawn = dataclasses.replace(world, n_drawings=drawings(profile, "public"))
    generator = np.random.default_rng([seed, 0])
    return compared_runs(run(drawn, generator) for _ in range(n_runs))


def judged(runs: Sequence[Run], profile: Profile, *, is_early: bool) -> list[tuple[Verdict, ...]]:
    """All runs judged under the profile; where `is_early`, a part of the level is left to early rejection."""
    gates = {name: gate_of(name) for name in runs[0]}
    return [
        judge([(gates[name], one[name]) for name in gates], policy=POLICY, profile=profile, is_early=is_early)
        for one in runs
    ]


def table(title: str, worlds: Mapping[str, World], n_runs: int, *, seed: int) -> None:
    """Print a line for each world as it is done."""
    heading = " ".join(f"{name:>11}" for name in HEADINGS)
    print(f"\n{title}, % of {n_runs} runs\n{'':38}{heading}", flush=True)
    for name, world in worlds.items():
        cells = " ".join(f"{100 * share:11.1f}" for share in shares(world, n_runs, seed=seed))
        print(f"{name:38}{cells}", flush=True)


def equal(n_runs: int, seed: int) -> None:
    """Print how equal models fare."""
    table("an equal model is failed", EQUAL, n_runs, seed=seed)
    certified = 1 - failed(judged(compared_by_us(DEFAULT, n_runs, "release", seed=seed), "release", is_early=False))
    print(f"an equal model is certified by `release` in the default world: {100 * certified:.1f} %")


def losses(n_runs: int, seed: int) -> None:
    """Print how models with losses fare."""
    worlds = {name: dataclasses.replace(DEFAULT, drops=drops) for name, drops in LOSSES.items()}
    table("a model with these losses is failed", worlds, n_runs, seed=seed)


TABLES = {"equal": equal, "losses": losses}


def main(arguments: Sequence[str]) -> None:
    """Print one table, or both."""
    named = [argument for argument in arguments if argument in TABLES]
    numbers = [int(argument) for argument in arguments if argument.isdigit()]
    n_runs, seed = [*numbers, *(200, 1)[len(numbers) :]][:2]
    error = {share: 100 * math.sqrt(share * (1 - share) / n_runs) for share in (0.02, 0.5)}
    print(f"simulation error (1 sd): {error[0.02]:.1f} points at 2 %, {error[0.5]:.1f} at 50 %", flush=True)
    for name in named or TABLES:
        TABLES[name](n_runs, seed)


if __name__ == "__main__":
    main(sys.argv[1:])
