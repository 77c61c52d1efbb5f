"""How far the difference between two models differs from one wording of a task to another. Gates nothing. Pure."""

from collections.abc import Iterable, Mapping

import numpy as np

from clue_lib import stats
from clue_lib.judging.pairing import cluster_name, pair
from clue_lib.stats import GroupSpread
from clue_lib.types import Gate, TaskRun, WordingSpread


def spreads(gates: Iterable[Gate], pairs: Mapping[str, tuple[TaskRun, TaskRun]]) -> tuple[WordingSpread, ...]:
    """The spread on every main metric among the gates that is a mean, in their order, p corrected over all (Holm).

    A metric of a task that was asked in one wording has none, and neither has one with too few clusters to tell.
    `gates` are such as were compared: raises what pairing their runs raises.
    """
    found = []
    for gate in (gate for gate in gates if gate.is_main_metric):
        spread = _of_metric(*pairs[gate.task], gate.metric)
        if spread is not None:
            found.append((gate, spread))
    if not found:
        return ()
    corrected = stats.holm(np.array([spread.p for _, spread in found]))
    return tuple(_told(gate, spread, float(p)) for (gate, spread), p in zip(found, corrected, strict=True))


def _of_metric(baseline: TaskRun, candidate: TaskRun, metric: str) -> GroupSpread | None:
    paired = pair(baseline, candidate, metric)
    if paired.folded is not None:
        return None
    examples = [response.example for response in baseline.responses]
    wording_of = {cluster_name(baseline.task, example): example.wording for example in examples}
    wordings = np.array([wording_of[cluster] for cluster in paired.clusters])
    return stats.group_spread(paired.deltas, paired.clusters, wordings)


def _told(gate: Gate, spread: GroupSpread, p_adjusted: float) -> WordingSpread:
    return WordingSpread(
        gate=gate.id,
        n_wordings=spread.n_groups,
        n_clusters=spread.n_clusters,
        deviation=spread.deviation,
        upper=spread.upper,
        standard_error=spread.standard_error,
        p=spread.p,
        p_adjusted=p_adjusted,
    )
