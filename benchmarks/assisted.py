"""What stored scores of all examples add to a run with --limit: the error's ratio, and the coverage of the bounds.

    python benchmarks/assisted.py [N_RUNS]

A base and earlier candidates have answered all examples; a new candidate answers a subset. Answers with options: the
base is right with a chance of each example's own; a candidate keeps the base's answer, else answers by that chance
again, and a share of the examples is so sure that no candidate answers them anew. Texts: a score is the example's part,
with a share `alike` of the variance, and each model's own. The ratio is of the assisted MDE to the plain one; bounds
are one-sided at 95 %, so that 5.0 % of each are to lie beyond the truth. 2 ms a run.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats as scipy_stats

from clue_lib.stats import Floats, assisted


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """So many clusters of one size, of which a run with --limit asks `limit` examples, the clusters' first ones first.

    `n_earlier` candidates were judged before. A share `churn` of the answers differs between base and candidate, none
    of a share `sure`; for texts, `alike` is set. `icc` correlates a cluster's examples. `drop` is the true loss.
    """

    n_clusters: int
    size: int
    limit: int
    n_earlier: int = 1
    churn: float = 0.3
    sure: float = 0.2
    alike: float | None = None
    icc: float = 0.05
    drop: float = 0.0


CASES = {
    "MedNLI, 50 of 1422, 1 earlier": Case(n_clusters=474, size=3, limit=50),
    "MedNLI, 100 of 1422, 1 earlier": Case(n_clusters=474, size=3, limit=100),
    "MedNLI, 100 of 1422, 3 earlier": Case(n_clusters=474, size=3, limit=100, n_earlier=3),
    "MedNLI, 200 of 1422, 5 earlier": Case(n_clusters=474, size=3, limit=200, n_earlier=5),
    "MedNLI, 200, 3 earlier, churn 20 %": Case(n_clusters=474, size=3, limit=200, n_earlier=3, churn=0.2, sure=0.5),
    "MedNLI, 200, 3 earlier, 10 points worse": Case(n_clusters=474, size=3, limit=200, n_earlier=3, drop=0.1),
    "NEJM, 100 of 347, 3 earlier": Case(n_clusters=347, size=1, limit=100, n_earlier=3),
    "MeQSum, 50 of 1000, 1 earlier": Case(n_clusters=1000, size=1, limit=50, alike=0.6),
    "MeQSum, 100 of 1000, 3 earlier": Case(n_clusters=1000, size=1, limit=100, alike=0.6, n_earlier=3),
    "MeQSum, 200 of 1000, 5 earlier": Case(n_clusters=1000, size=1, limit=200, alike=0.6, n_earlier=5),
    "LongHealth, 100 of 400, 3 earlier": Case(n_clusters=20, size=20, limit=100, icc=0.1, n_earlier=3),
    "LongHealth, 200 of 400, 3 earlier": Case(n_clusters=20, size=20, limit=200, icc=0.1, n_earlier=3),
}

Drawn = tuple[Floats, Floats, Floats, Floats]
"""Differences of the subset, its places, covariates of all, clusters of all."""


def drawn(case: Case, generator: np.random.Generator) -> Drawn:
    """One run."""
    n = case.n_clusters * case.size
    clusters = np.repeat(np.arange(case.n_clusters), case.size)
    common = generator.random(case.n_clusters)[clusters]
    quantile = np.where(generator.random(n) < case.icc, common, generator.random(n))
    models = _answers(case, quantile, generator) if case.alike is None else _texts(case, quantile, generator)
    base, *earlier, new = models
    order = np.argsort(np.tile(np.arange(case.size), case.n_clusters) + generator.random(n) * 0.999)
    places = np.sort(order[: case.limit])
    covariates = np.column_stack([base, np.mean(earlier, axis=0) - base])
    return (new - base)[places], places, covariates, clusters


def _answers(case: Case, quantile: Floats, generator: np.random.Generator) -> list[Floats]:
    """Right or wrong: the base, the earlier candidates, the new one."""
    chance = scipy_stats.beta.ppf(quantile, 1.4, 1.0)
    n = len(chance)
    base = (generator.random(n) < chance).astype(float)
    redrawn = case.churn / (2 * np.mean(CHANCES * (1 - CHANCES))) / (1 - case.sure)
    is_sure = generator.random(n) < case.sure
    models = [base]
    for _ in range(case.n_earlier + 1):
        is_new = (generator.random(n) < redrawn) & ~is_sure
        models.append(np.where(is_new, generator.random(n) < chance, base).astype(float))
    models[-1] *= generator.random(n) >= case.drop / CHANCES.mean()
    return models


def _texts(case: Case, quantile: Floats, generator: np.random.Generator) -> list[Floats]:
    """Scores of texts, uniform parts added."""
    of_example, own = np.sqrt([case.alike or 0.0, 1 - (case.alike or 0.0)])
    n = len(quantile)
    return [of_example * quantile + own * generator.random(n) for _ in range(case.n_earlier + 2)]


CHANCES = scipy_stats.beta.ppf((np.arange(10_000) + 0.5) / 10_000, 1.4, 1.0)


def main(arguments: Sequence[str]) -> None:
    """Print a line for each case."""
    n_runs = next((int(argument) for argument in arguments if argument.isdigit()), 2000)
    print(f"{n_runs} runs each; coverage's simulation error {100 * np.sqrt(0.05 * 0.95 / n_runs):.1f} points")
    print(f"{'':40} MDE ratio  spread ratio  lower above, upper below the truth, %   plain's")
    generator = np.random.default_rng(1)
    for name, case in CASES.items():
        found, plain = [], []
        for _ in range(n_runs):
            values, places, covariates, clusters = drawn(case, generator)
            one = assisted(values, places, covariates, clusters)
            if one is not None:
                quantile = scipy_stats.t.ppf(0.95, len(np.unique(clusters[places])) - 1)
                found.append((one.delta, quantile * one.standard_error, one.ratio))
                plain.append((values.mean(), quantile * one.plain_error))
        delta, reach, ratio = np.array(found).T
        plain_delta, plain_reach = np.array(plain).T
        truth = -case.drop
        beyond = [np.mean(delta - reach > truth), np.mean(delta + reach < truth)]
        plains = [np.mean(plain_delta - plain_reach > truth), np.mean(plain_delta + plain_reach < truth)]
        print(
            f"{name:40} {np.mean(ratio):9.2f}  {delta.std() / plain_delta.std():12.2f}"
            f"  {100 * beyond[0]:11.1f} {100 * beyond[1]:11.1f} {100 * plains[0]:23.1f} {100 * plains[1]:5.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
