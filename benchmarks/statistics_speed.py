"""How long all statistics of a full-size run take: 10,000 examples, 80 gates, averages, pooled test, verdicts.

    python benchmarks/statistics_speed.py

Ten tasks of 1,000 examples in clusters of 1, 2 or 20, eight metrics each, half of them 0/1; scored runs to verdicts.
"""

import time

import numpy as np

from clue_lib.judging import Policy, judge
from clue_lib.judging.averages import equally
from clue_lib.judging.combine import any_degradation, average
from clue_lib.judging.compare import describe, measure
from clue_lib.judging.pairing import pair
from clue_lib.metrics import METRICS
from clue_lib.metrics.base import Metric
from clue_lib.types import Example, Gate, Generation, Parsed, Response, TaskRun

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
N_TASKS, N_EXAMPLES, N_METRICS = 10, 1000, 8
CLUSTER_SIZES = (1, 2, 20)


def scored(task: str, model: str, cluster_size: int, generator: np.random.Generator) -> TaskRun:
    """One model's run of one task with random scores."""
    ids = [f"{task}-{i}" for i in range(N_EXAMPLES)]
    shares = generator.random((N_METRICS, N_EXAMPLES))
    shares[::2] = shares[::2] < 0.3
    return TaskRun(
        task=task,
        model=model,
        tier="public",
        engine="none",
        responses=tuple(
            Response(
                example=Example(id=id_, cluster=f"{task}-{i // cluster_size}", fields={}, gold="gold"),
                generation=Generation(text="text", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
                answer=Parsed(value="text"),
            )
            for i, id_ in enumerate(ids)
        ),
        gold_digests=tuple(ids),
        prompt_digests=tuple(ids),
        scores={f"m{i}": tuple(row.tolist()) for i, row in enumerate(shares)},
        signatures={f"m{i}": f"m{i}|v1" for i in range(N_METRICS)},
    )


def main() -> None:
    """Time it and print."""
    METRICS.update({f"m{i}": Metric(name=f"m{i}", version=1, better="higher", score=list) for i in range(N_METRICS)})
    generator = np.random.default_rng(0)
    runs = [
        [scored(f"task{i}", model, CLUSTER_SIZES[i % 3], generator) for model in ("base", "tuned")]
        for i in range(N_TASKS)
    ]
    start, busy = time.perf_counter(), time.process_time()
    groups = [
        [measure(pair(base, tuned, metric), confidence=POLICY.confidence, power=POLICY.power) for metric in base.scores]
        for base, tuned in runs
    ]
    compared = [describe(measured) for group in groups for measured in group]
    compared += [average(equally(groups[:5]), task=name, metric="average") for name in ("level1", "level2", "family")]
    compared.append(any_degradation(groups, seed=0, task="run", metric="any_degradation"))
    gates = [
        Gate(
            id=f"{c.task}.{c.metric}",
            task=c.task,
            metric=c.metric,
            kind="clue",
            better="higher",
            role="gate",
            margin=0.02,
            reason="",
            file="",
            table="",
        )
        for c in compared
    ]
    verdicts = judge(list(zip(gates, compared, strict=True)), policy=POLICY, profile="ci")
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        f"{N_TASKS * N_EXAMPLES} examples, {len(verdicts)} gates: {seconds:.2f} s, {busy:.2f} s of them on a processor"
    )


if __name__ == "__main__":
    main()
