"""What others do with the same answers: each rule takes the paired metrics of runs and says how many models it fails.

`before` is what this gate did before its correction was split: Student's t by clusters (exact McNemar's test for single
0/1 answers), the pooled test over all gated metrics as they are, one Holm over every gate. `paired_t` and `unpaired_z`
test each of CLUE's metrics at 5 %, answers taken as independent, uncorrected. `nel_gate` is nemo-evaluator's rule as
its documentation has it (docs.nvidia.com/nemo/evaluator, "Implementing Quality Gates"): a benchmark is a BREACH where
the drop of its score exceeds `max_drop`, 1.5 points in the documented policy, and one breach is NO-GO; fewer than ten
pairs are insufficient evidence, which does not happen here.
"""

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from error_rates import POLICY, gate_of
from scipy import special, stats
from simulated import CHOICES, LONGHEALTH, TEXTS
from worlds import SPACING

from clue_lib.judging.averages import equally
from clue_lib.judging.pairing import Paired
from clue_lib.metrics import METRICS
from clue_lib.stats import Floats, holm, sign_flips

gate = functools.cache(gate_of)
TASKS = (*CHOICES, *TEXTS, *LONGHEALTH)
ALPHA = 1 - POLICY.confidence
MAX_DROP = 0.015
N_FLIPS = 1_000


Run = Sequence[Paired]
"""Every gated metric of one run, and each task's instruction-following family."""


def clue_metrics(paired: Run) -> list[Paired]:
    """The metrics of CLUE among them: the others count failures."""
    return [one for one in paired if one.sign > 0]


def paired_t(runs: Sequence[Run]) -> float:
    """Student's one-sided paired t-test on any metric."""
    return _share(runs, lambda one: _student(one.deltas, np.arange(one.n))[1] < ALPHA)


def unpaired_z(runs: Sequence[Run]) -> float:
    """The one-sided z-test of two independent means on any metric."""
    return _share(runs, lambda one: _z(one) < ALPHA)


def nel_gate(runs: Sequence[Run]) -> float:
    """A drop beyond `MAX_DROP` in any metric."""
    return _share(runs, lambda one: bool(one.deltas.mean() < -MAX_DROP))


def nel_gate_with_our_margins(runs: Sequence[Run]) -> float:
    """A drop beyond this gate's own margin in any metric."""
    return _share(runs, lambda one: bool(one.deltas.mean() < -gate(_name(one)).margin))


def before(runs: Sequence[Run]) -> float:
    """This gate's `ci` before: REGRESSED on any gate after Holm's correction over all of them."""
    everything = [_everything(paired) for paired in runs]
    p_pooled = sign_flips(np.array(everything), n_flips=N_FLIPS, seed=0)
    failed = []
    for paired, shares, p in zip(runs, everything, p_pooled, strict=True):
        found = {_name(one): _found(one) for one in paired if one.metric != "instruction following"}
        found |= _over_tasks(paired) | {"any_degradation": (float(shares.sum()), float(p), 0.0)}
        adjusted = holm(np.array([p for _, p, _ in found.values()]))
        judged = zip(found.items(), adjusted, strict=True)
        failed.append(any(_has_regressed(name, delta, net, p) for (name, (delta, _, net)), p in judged))
    return float(np.mean(failed))


def _share(runs: Sequence[Run], is_worse: Callable[[Paired], bool]) -> float:
    """The share of runs in which any of CLUE's metrics is worse."""
    return float(np.mean([any(is_worse(one) for one in clue_metrics(paired)) for paired in runs]))


RULES: Mapping[str, Callable[[Sequence[Run]], float]] = {
    "before": before,
    "paired t": paired_t,
    "unpaired z": unpaired_z,
    "nel gate": nel_gate,
    "nel, our δ": nel_gate_with_our_margins,
}

Found = tuple[float, float, float]
"""A difference, its p, and how many examples got worse on balance."""


def _name(paired: Paired) -> str:
    return f"{paired.task}.{paired.metric}"


def _has_regressed(name: str, delta: float, net: float, adjusted: float) -> bool:
    judged_by = gate(name)
    is_worse = bool(delta < -judged_by.margin) and adjusted < ALPHA
    return is_worse and (judged_by.better == "higher" or net >= POLICY.min_net_examples)


def _z(paired: Paired) -> float:
    error = np.sqrt((paired.baseline.var(ddof=1) + paired.candidate.var(ddof=1)) / paired.n)
    return float(special.ndtr(paired.deltas.mean() / error)) if error > 0 else 1.0


def _student(values: Floats, clusters: Floats) -> tuple[float, float]:
    """The mean and the p of "not below zero"; 1 where nothing varies."""
    _, place = np.unique(clusters, return_inverse=True)
    residuals = np.bincount(place, weights=values - values.mean()) / len(values)
    n = len(residuals)
    error = np.sqrt(n / (n - 1) * np.square(residuals).sum())
    mean = float(values.mean())
    return mean, float(special.stdtr(n - 1, mean / error)) if error > 0 else float(mean >= 0)


def _found(paired: Paired) -> Found:
    deltas = paired.deltas
    net = float(-deltas.sum())
    if paired.is_binary and paired.n_repeats == 1 and len(np.unique(paired.clusters)) == paired.n:
        losses, changed = int((deltas < 0).sum()), int((deltas != 0).sum())
        return float(deltas.mean()), float(stats.binom.sf(losses - 1, changed, 0.5)) if losses else 1.0, net
    return (*_student(deltas, paired.clusters), net)


def _over_tasks(paired: Run) -> dict[str, Found]:
    """CLUE's averages and the families."""
    of = {task: [one for one in clue_metrics(paired) if one.task == task] for task in TASKS}
    gated = [one for one in paired if one.metric != "instruction following"]
    families = {
        "instruction_following": [[one] for one in paired if one.metric == "instruction following"],
        "hallucination": [[one for one in gated if one.task == task and _invents(one)] for task in TASKS],
    }
    groups = {
        "level1": [of[task] for task in ("mednli", "meqsum", "problem_summary")],
        "level2": [[one for task in LONGHEALTH for one in of[task]], of["medisumqa"], of["medisumcode"]],
        **families,
    }
    found = {name: _summed(equally(group)) for name, group in groups.items()}
    cases = np.concatenate([one.deltas for task in ("nejm", "jama") for one in of[task]])
    losses, changed = int((cases < 0).sum()), int((cases != 0).sum())
    p = float(stats.binom.sf(losses - 1, changed, 0.5))
    return found | {"case_challenges": (float(cases.mean()), p, 0.0)}


def _everything(paired: Run) -> Floats:
    """What each cluster adds to the mean of all gated metrics."""
    gated = [one for one in paired if one.metric != "instruction following"]
    return _by_label(equally([[one for one in gated if one.task == task] for task in TASKS]), centred=False)


def _invents(paired: Paired) -> bool:
    return METRICS[paired.metric].family == "hallucination"


def _summed(weighted: Sequence[tuple[float, Paired]]) -> Found:
    """Satterthwaite's degrees of freedom over two blocks: LongHealth's patients, and all others."""
    delta = sum(weight * float(one.deltas.mean()) for weight, one in weighted)
    residuals = _by_label(weighted, centred=True)
    variances = np.array([np.square(residuals[:20]).sum() * 20 / 19, np.square(residuals[20:]).sum()])
    spread = (variances**2 / np.array([19, 500])).sum()
    error = np.sqrt(variances.sum())
    p = float(special.stdtr(variances.sum() ** 2 / spread, delta / error)) if error > 0 else 1.0
    n = sum(one.n for _, one in weighted)
    return delta, p, -n * delta


def _by_label(weighted: Sequence[tuple[float, Paired]], *, centred: bool) -> Floats:
    """What each cluster adds to the sum, patients first."""
    added = np.zeros(SPACING * (1 + len(CHOICES) + len(TEXTS)))
    for weight, one in weighted:
        values = one.deltas - one.deltas.mean() if centred else one.deltas
        added += np.bincount(one.clusters, weights=weight * values / one.n, minlength=len(added))
    return added
