"""How often one-sided bounds of a mean difference miss the truth: skewed, sparse and unbalanced data.

    python benchmarks/coverage.py [N_RUNS]

A world's differences are drawn N_RUNS times (20,000). For each of three ways to reckon bounds it prints how often the
lower bound lies above the truth, and the upper one below it: at 5 %, and at 0.3 %, as the correction for many gates
asks for. "plain" is t with G − 1 degrees of freedom and the variance CR1, the way before; "Hall" is his correction for
skewness alone; "gate" is what `clue_lib.stats.skewed` gives, the wider of t and Hall, with CR2 and Bell–McCaffrey.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from clue_lib.stats import Effect, Floats, mean_effect, skewed
from clue_lib.stats._skewness import skewness_of, untransformed

LEVELS = (0.05, 0.003)
Draw = Callable[[np.random.Generator], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Differences of so many clusters, and their true mean."""

    sizes: Sequence[int]
    draw: Draw
    truth: float = 0.0

    @property
    def clusters(self) -> Floats:
        """The cluster of each example."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)


def losing(share: float, loss: float, noise: float) -> Draw:
    """A share of 237 answers loses so much, beside noise everywhere."""
    return lambda draw: -loss * (draw.random(237) < share) + noise * draw.standard_normal(237)


def changing(share: float) -> Draw:
    """A share of 237 answers changes by 0.6, as often up as down."""

    def drawn(draw: np.random.Generator) -> Floats:
        uniform = draw.random(237)
        return 0.6 * ((uniform < share / 2).astype(float) - (uniform > 1 - share / 2))

    return drawn


def clustered(sizes: Sequence[int], icc: float) -> Draw:
    """Normal differences of which clusters have a share of the variance in common."""

    def drawn(draw: np.random.Generator) -> Floats:
        shared = np.repeat(draw.standard_normal(len(sizes)), sizes)
        return np.sqrt(icc) * shared + np.sqrt(1 - icc) * draw.standard_normal(sum(sizes))

    return drawn


def unbalanced(share: float, icc: float) -> World:
    """Forty clusters of ten and one that holds a share of all examples."""
    sizes = [round(400 * share / (1 - share)), *[10] * 40]
    return World(sizes=sizes, draw=clustered(sizes, icc))


SINGLE = [1] * 237
WORLDS = {
    "3 % of 237 lose 0.6, noise of 0.05": World(sizes=SINGLE, draw=losing(0.03, 0.6, 0.05), truth=-0.018),
    "3 % of 237 lose 0.6": World(sizes=SINGLE, draw=losing(0.03, 0.6, 0.0), truth=-0.018),
    "10 % of 237 lose 0.6, noise of 0.05": World(sizes=SINGLE, draw=losing(0.1, 0.6, 0.05), truth=-0.06),
    "3 % of 237 change by 0.6 either way": World(sizes=SINGLE, draw=changing(0.03)),
    "10 % of 237 change by 0.6 either way": World(sizes=SINGLE, draw=changing(0.1)),
    "237 of heavy tails (t with 3 degrees)": World(sizes=SINGLE, draw=lambda draw: draw.standard_t(3, size=237)),
    "40 exponential": World(sizes=[1] * 40, draw=lambda draw: 1 - draw.exponential(size=40)),
    "20 clusters of 20, ICC 0.3": World(sizes=[20] * 20, draw=clustered([20] * 20, 0.3)),
    "one of 41 clusters holds 10 %, ICC 0": unbalanced(0.1, 0.0),
    "one of 41 clusters holds 10 %, ICC 0.3": unbalanced(0.1, 0.3),
    "one of 41 clusters holds 30 %, ICC 0.3": unbalanced(0.3, 0.3),
    "one of 41 clusters holds 50 %, ICC 0.3": unbalanced(0.5, 0.3),
}


def plain(values: Floats, clusters: Floats, effect: Effect, level: float) -> tuple[float, float]:
    """Student's with G − 1 degrees of freedom and CR1."""
    n, n_clusters = len(values), len(effect.labels)
    sums = np.bincount(clusters, weights=values - effect.delta) / n
    error = float(np.sqrt((sums**2).sum() * n_clusters / (n_clusters - 1)))
    reach = float(special.stdtrit(n_clusters - 1, 1 - level)) * error
    return effect.delta - reach, effect.delta + reach


def hall(_values: Floats, _clusters: Floats, effect: Effect, level: float) -> tuple[float, float]:
    """Hall's correction alone."""
    quantile, skewness = float(special.stdtrit(effect.freedom, 1 - level)), skewness_of(effect.residuals)
    error = float(np.sqrt(effect.variance))
    reaches = (untransformed(sign * quantile, skewness) for sign in (1, -1))
    lower, upper = (effect.delta - reach * error for reach in reaches)
    return lower, upper


def gate(_values: Floats, _clusters: Floats, effect: Effect, level: float) -> tuple[float, float]:
    """What the gate takes."""
    found = skewed(effect, confidence=1 - level, power=0.8)
    return found.lower, found.upper


WAYS = {"plain": plain, "Hall": hall, "gate": gate}


def missed(world: World, n_runs: int) -> Floats:
    """Shares of runs of shape (ways, levels, 2), for lower and upper bound."""
    draw, misses = np.random.default_rng(1), np.zeros((len(WAYS), len(LEVELS), 2))
    for _ in range(n_runs):
        values = world.draw(draw)
        effect = mean_effect(values, world.clusters)
        for i, way in enumerate(WAYS.values()):
            for j, level in enumerate(LEVELS):
                lower, upper = way(values, world.clusters, effect, level)
                misses[i, j] += lower > world.truth, upper < world.truth
    return misses / n_runs


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    n_runs = int(arguments[0]) if arguments else 20_000
    columns = "   ".join(f"{name:>6} at 5 %   at 0.3 %     " for name in WAYS)
    print(f"{'in percent: lower / upper bound misses':40}  df + 1  {columns}")
    for name, world in WORLDS.items():
        effective = mean_effect(world.draw(np.random.default_rng(0)), world.clusters).freedom + 1
        cells = "   ".join(
            "  ".join(f"{100 * lower:5.2f} /{100 * upper:5.2f}" for lower, upper in way)
            for way in missed(world, n_runs)
        )
        print(f"{name:40}  {effective:6.1f}  {cells}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
