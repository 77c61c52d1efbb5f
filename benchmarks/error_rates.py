"""How often the gate errs, and what it can see, on simulated full-size runs.

    python benchmarks/error_rates.py [equal|worse|bounds|power|alone] [N_RUNS]

equal   an equal model in several worlds: passes `release`, fails `ci`, fails `ci` were every margin 0
worse   worse models: failed by `ci` and by `release`, and by which gates
bounds  how often a lower bound lies above the true difference: a false HELD, were the margin that difference
power   how often a drop of the stated MDE is significant
alone   the MDE of each task by itself, and the drop that the correction lets through in 80 % of runs
Without a name all are run. 30 ms a run on one core.
"""

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy import stats as scipy_stats
from simulated import CHOICES, FLAGS, LONGHEALTH, OPENBIOLLM_8B, TEXTS, World, made_up_in, run, worse

from clue_lib import stats
from clue_lib.judging import Verdict, demanded, judge, load_thresholds
from clue_lib.judging.averages import equally
from clue_lib.judging.combine import average, normalised, pool, summands
from clue_lib.judging.compare import Measured, describe, measure
from clue_lib.judging.pairing import Paired
from clue_lib.metrics import METRICS
from clue_lib.types import Comparison, Gate, Profile

THRESHOLDS = load_thresholds(Path(__file__).parents[1] / "thresholds.toml")
POLICY = THRESHOLDS.policy
TASKS = (*CHOICES, *TEXTS, *LONGHEALTH)
N_FLIPS = 5_000

Run = dict[str, Comparison]


def gate_of(name: str) -> Gate:
    """The thresholds file's gate of a simulated figure; of another task where its own has no such failure mode."""
    task, _, metric = name.rpartition(".")
    alike = [gate for gate in THRESHOLDS.gates if gate.metric == metric and gate.task != "mcq"]
    return dataclasses.replace(next((gate for gate in alike if gate.task == task), alike[0]), id=name)


PRIMARIES = {gate.metric: gate.margin for gate in THRESHOLDS.whole_run if gate.role == "primary"}


def compared(world: World, n_runs: int, *, seed: int) -> list[Run]:
    """Comparisons by gate of so many runs."""
    generator = np.random.default_rng(seed)
    return compared_runs(run(world, generator) for _ in range(n_runs))


def compared_runs(drawn: Iterable[Sequence[Paired]]) -> list[Run]:
    """Comparisons by gate of drawn runs; the pooled test's drawings are the same for all."""
    runs, shares = [], []
    for paired_metrics in drawn:
        found = {
            f"{paired.task}.{paired.metric}": measure(paired, confidence=POLICY.confidence, power=POLICY.power)
            for paired in paired_metrics
        }
        averages, everything = _averages(found)
        runs.append({name: describe(one) for name, one in found.items() if "instruction" not in name} | averages)
        shares.append(stats.joint_shares(summands(normalised(everything))))
    p = stats.sign_flips(np.array(shares), n_flips=N_FLIPS, seed=0)
    for one, pooled in zip(runs, p, strict=True):
        unjudged = one["any_degradation"]
        one["any_degradation"] = dataclasses.replace(
            unjudged, inference=dataclasses.replace(unjudged.inference, p=float(pooled))
        )
    return runs


def _averages(found: Mapping[str, Measured]) -> tuple[Run, list[list[Measured]]]:
    """CLUE's averages, the two families, and the pooled test with a p of its own still to come, and what it pools."""
    quality = {task: [m for m in found.values() if m.paired.task == task and m.paired.sign > 0] for task in TASKS}
    level1 = [quality[task] for task in ("mednli", "meqsum", "problem_summary")]
    level2 = [[m for task in LONGHEALTH for m in quality[task]], quality["medisumqa"], quality["medisumcode"]]
    cases = [quality["nejm"], quality["jama"]]
    pooled = pool([m.paired for group in cases for m in group], "case_challenges")
    gated = {name: m for name, m in found.items() if m.paired.metric != "instruction following"}
    everything = [*level1, *level2, *cases]  # as in whole_run: LongHealth is one task
    groups = {
        "level1": level1,
        "level2": level2,
        "instruction_following": [[found[f"{task}.instruction following"]] for task in TASKS],
        "hallucination": [[m] for m in gated.values() if METRICS[m.paired.metric].family == "hallucination"],
    }
    weighted = {name: equally(of_name) for name, of_name in groups.items()}
    weighted["any_degradation"] = normalised(everything)
    averages = {name: average(parts, task=name, metric="average") for name, parts in weighted.items()}
    cases_found = describe(measure(pooled, confidence=POLICY.confidence, power=POLICY.power))
    return averages | {"case_challenges": cases_found}, everything


def verdicts(runs: Sequence[Run], profile: Profile, *, margin: float | None = None) -> list[tuple[Verdict, ...]]:
    """All runs judged, with the thresholds file's margins or one for all gates."""
    gates = {name: gate_of(name) for name in runs[0]}
    if margin is not None:
        gates = {name: dataclasses.replace(gate, margin=margin) for name, gate in gates.items()}
    return [judge([(gates[name], one[name]) for name in gates], policy=POLICY, profile=profile) for one in runs]


def failed(judged: Sequence[tuple[Verdict, ...]]) -> float:
    """The share of runs with a failed gate."""
    return float(np.mean([not all(verdict.ok for verdict in one) for one in judged]))


def false_held(runs: Sequence[Run], world: World) -> dict[str, float]:
    """By gate the share of lower bounds above the true difference; an average's true one is its mean over the runs."""
    shares = {}
    for name in runs[0]:
        deltas, lower = (np.array([getattr(one[name].inference, what) for one in runs]) for what in ("delta", "lower"))
        true = -world.drops[name] if name in world.drops else deltas.mean()
        shares[name] = float((lower > true + 1e-9).mean())
    return shares


def everything_worse(quality: float, failures: float) -> dict[str, float]:
    """All CLUE metrics lower, all failure modes oftener."""
    modes = [f"{task}.{name}" for task in TASKS for name in FLAGS] + [f"{task}.{made_up_in(task)}" for task in TEXTS]
    return worse(quality) | dict.fromkeys(modes, failures)


def equal(n_runs: int) -> None:
    """Print how an equal model fares."""
    worlds = {
        "default: 5 repeats, ICC 0.1, churn 0.3": World(),
        "1 repeat": World(n_repeats=1),
        "ICC 0.05": World(patient=0.05),
        "ICC 0.2": World(patient=0.2),
        "ICC 0.3": World(patient=0.3),
        "ICC 0.3, 1 repeat": World(patient=0.3, n_repeats=1),
        "distractor letters 0.1": World(letter=0.1),
        "churn 0.1": World(churn=0.1),
        "churn 0.2": World(churn=0.2),
        "churn 0.4": World(churn=0.4),
        "text agreement 0.4": World(agreement=0.4),
    }
    print(f"{'equal model':40}  release passes  ci fails  ci fails, margins 0   primaries held, MDE in points")
    for name, world in worlds.items():
        runs = compared(world, n_runs, seed=1)
        release, ci, zero = (
            failed(verdicts(runs, "release")),
            failed(verdicts(runs, "ci")),
            failed(verdicts(runs, "ci", margin=0.0)),
        )
        held = ", ".join(
            f"{one} {_held(runs, one, margin):.2f} {100 * _median(runs, one, 'mde'):.1f}"
            for one, margin in PRIMARIES.items()
        )
        print(f"{name:40}  {1 - release:14.3f}  {ci:8.3f}  {zero:19.3f}   {held}", flush=True)


def worse_models(n_runs: int) -> None:
    """Print how often worse models fail."""
    drops = {
        "OpenBioLLM-8B": OPENBIOLLM_8B,
        "3 points worse everywhere": worse(0.03),
        "2 points worse everywhere": worse(0.02),
        "1 point worse everywhere": worse(0.01),
        "failure modes 2 points oftener": everything_worse(0.0, 0.02),
    }
    print(f"\n{'worse model':40}  ci fails  release fails   gates that fail it most")
    for name, losses in drops.items():
        runs = compared(World(n_repeats=1, drops=losses), n_runs, seed=2)
        ci, release = verdicts(runs, "ci"), failed(verdicts(compared(World(drops=losses), n_runs, seed=2), "release"))
        gates = Counter(verdict.gate.id for one in ci for verdict in one if not verdict.ok)
        shown = ", ".join(f"{gate} {count / n_runs:.2f}" for gate, count in gates.most_common(6))
        print(f"{name:40}  {failed(ci):8.3f}  {release:13.3f}   {shown}", flush=True)


def bounds(n_runs: int) -> None:
    """Print how often lower bounds are too high."""
    worlds = {
        "ICC 0.1, quality -3, failures +1": World(drops=everything_worse(0.03, 0.01)),
        "ICC 0.3, 1 repeat, quality -3, failures +1": World(
            patient=0.3, n_repeats=1, drops=everything_worse(0.03, 0.01)
        ),
        "ICC 0.3, quality -1, failures +2": World(patient=0.3, drops=everything_worse(0.01, 0.02)),
        "ICC 0.05, quality -2, failures +3": World(patient=0.05, drops=everything_worse(0.02, 0.03)),
    }
    print(f"\n{'lower bound above the truth':44}  mean over gates  primaries                worst gates")
    for name, world in worlds.items():
        shares = false_held(compared(world, n_runs, seed=3), world)
        worst = sorted(shares, key=lambda gate: -shares[gate])[:3]
        print(
            f"{name:44}  {np.mean(list(shares.values())):15.3f}  "
            f"{' '.join(f'{shares[one]:.3f}' for one in PRIMARIES)}  "
            f"{', '.join(f'{gate} {shares[gate]:.3f}' for gate in worst)}",
            flush=True,
        )


def power(n_runs: int) -> None:
    """Print how often drops of the stated MDE are significant, uncorrected."""
    print(f"\n{'power at the stated MDE (80 % stated)':40}  MDE in points  power")
    none = compared(World(), 100, seed=4)
    mde = {name: _median(none, name, "mde") for name in none[0]}
    runs = compared(World(drops=mde), n_runs, seed=5)
    for name in runs[0]:
        if name in mde and "." in name:
            print(f"{name:40}  {100 * mde[name]:13.1f}  {_significant(runs, name):5.2f}", flush=True)
    for name in ("level1", "level2", "case_challenges", "any_degradation"):
        found = compared(World(drops=worse(mde[name])), n_runs, seed=6)
        print(f"{name:40}  {100 * mde[name]:13.1f}  {_significant(found, name):5.2f}", flush=True)


def alone(n_runs: int) -> None:
    """Print what single tasks can see, by churn and, for LongHealth, correlation and repeats."""
    print(f"\n{'what one task sees':44}  MDE in points   after the correction")
    tasks = ("jama.accuracy", "nejm.accuracy", "case_challenges", "mednli.accuracy")
    for churn in (0.2, 0.3, 0.4):
        runs = compared(World(churn=churn), n_runs, seed=7)
        for name in tasks:
            _print_alone(f"{name}, churn {churn}", runs, name)
    for icc in (0.05, 0.1, 0.3):
        for n_repeats in (1, 5):
            runs = compared(World(patient=icc, n_repeats=n_repeats), n_runs, seed=7)
            _print_alone(f"longhealth_1.accuracy, ICC {icc}, {n_repeats} repeats", runs, "longhealth_1.accuracy")


def _print_alone(label: str, runs: Sequence[Run], name: str) -> None:
    """A lone regression must reach the quantile that the correction demands."""
    mde, freedom = _median(runs, name, "mde"), _median(runs, name, "freedom")
    once, corrected, reach = scipy_stats.t.isf([0.05, 1 - demanded(map(gate_of, runs[0]), POLICY)[name], 0.2], freedom)
    print(f"{label:44}  {100 * mde:13.1f}   {100 * mde * (corrected + reach) / (once + reach):.1f}", flush=True)


def _held(runs: Sequence[Run], name: str, margin: float) -> float:
    return float(np.mean([one[name].inference.lower > -margin for one in runs]))


def _median(runs: Sequence[Run], name: str, what: str) -> float:
    return float(np.median([getattr(one[name].inference, what) for one in runs]))


def _significant(runs: Sequence[Run], name: str) -> float:
    return float(np.mean([one[name].inference.p < 1 - POLICY.confidence for one in runs]))


TABLES = {"equal": equal, "worse": worse_models, "bounds": bounds, "power": power, "alone": alone}


def main(arguments: Sequence[str]) -> None:
    """Print one table, or all."""
    named = [argument for argument in arguments if argument in TABLES]
    n_runs = next((int(argument) for argument in arguments if argument.isdigit()), 1000)
    for name in named or TABLES:
        TABLES[name](n_runs)


if __name__ == "__main__":
    main(sys.argv[1:])
