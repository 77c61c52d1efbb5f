"""Which prompts of a task go first in every whole run: scouts, by which a broken candidate is known before the rest.

They are whole clusters, drawn by a hash of seed and cluster: the same for every model, and a fair sample of the task.
"""

import bisect
import itertools
from collections import Counter

from clue_lib import digests
from clue_lib.runs.planning import PlannedTask

N_ROUNDS = 4
"""How many batches of scouts each task sends; all tasks send one before any sends its next.

A candidate with OpenBioLLM-8B's losses is known for certain after the third or fourth, a broken one after the first
(`benchmarks/early_rejection.py`). Four are 9 % of the prompts of CLUE and the case challenges.
"""

REST = N_ROUNDS
"""The part of what is no scout, after the parts 0 to 3 of the rounds."""


def parts(planned: PlannedTask, seed: int) -> tuple[int, ...]:
    """The part of each of the plan's requests, in their order: 0 to 3 for the round of a scout, `REST` for others.

    A round's clusters are those at which the count of prompts reaches its share. A task without scouts has rest alone.
    """
    if not planned.task.n_scouts:
        return (REST,) * len(planned.examples)
    part_of = _parts_of_clusters(planned, seed)
    return tuple(part_of[example.cluster] for example in planned.examples)


def in_order(clusters: set[str], seed: int) -> list[str]:
    """The clusters in the order of their hash."""
    return sorted(clusters, key=lambda cluster: digests.rank(f"scout {cluster}", seed))


def _parts_of_clusters(planned: PlannedTask, seed: int) -> dict[str, int]:
    sizes = Counter(example.cluster for example in planned.examples)
    ordered = in_order(set(sizes), seed)
    n_before = [0, *itertools.accumulate(sizes[cluster] for cluster in ordered)]
    ends = [planned.task.n_scouts * (number + 1) for number in range(N_ROUNDS)]
    return {cluster: bisect.bisect_right(ends, n) for cluster, n in zip(ordered, n_before, strict=False)}
