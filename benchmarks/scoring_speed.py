"""How long it takes to score 10,000 generations of all tasks, embedding aside; again; and what memory it takes.

    python benchmarks/scoring_speed.py [N]

Answers are the ideal ones of other bundled examples, words of the prompt, and wrong picks, each with a number of its
own so that no text stands twice. Prints seconds of the first and of a second run, which finds the scores kept, their
ratio, and the peak memory.
"""

import dataclasses
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from clue_lib.metrics import METRICS
from clue_lib.runs import scoring
from clue_lib.runs.planning import PlannedTask, PromptSettings, plan_task
from clue_lib.tasks import TASKS
from clue_lib.types import Generation

ROOT = Path(__file__).resolve().parents[1]


def plan(name: str, n: int) -> PlannedTask:
    """The task's bundled examples, repeated to `n`, without the metric that embeds."""
    planned = plan_task(TASKS[name], PromptSettings())
    kept = tuple(metric for metric in planned.task.clue_metrics if metric != "bertscore_f1")
    places = [i % len(planned.examples) for i in range(n)]
    return dataclasses.replace(
        planned,
        task=dataclasses.replace(planned.task, clue_metrics=kept),
        examples=tuple(planned.examples[i] for i in places),
        requests=tuple(planned.requests[i] for i in places),
    )


def answers(planned: PlannedTask) -> list[Generation]:
    """One made-up answer per example."""
    draw = random.Random(0)
    ideal = [planned.task.ideal(example) for example in planned.examples]
    texts = []
    for i, example in enumerate(planned.examples):
        words = " ".join(example.fields.values()).split()
        start = draw.randrange(max(1, len(words) - 60))
        texts.append(f"{draw.choice([ideal[i], draw.choice(ideal), ' '.join(words[start : start + 60])])} ({i})")
    return [Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for text in texts]


def timed(jobs: list[tuple[PlannedTask, list[Generation]]], kept: Path) -> float:
    """Seconds to score them all."""
    start = time.perf_counter()
    for planned, generations in jobs:
        scoring.score(planned, generations, model="m", engine="e", scores_folder=kept)
    return time.perf_counter() - start


def main(n: str = "10000") -> None:
    """Score twice and print."""
    names = [name for name, task in TASKS.items() if task.level != "monitored"]
    jobs = [(planned, answers(planned)) for planned in (plan(name, int(n) // len(names)) for name in names)]
    metrics = {name for planned, _ in jobs for name in planned.task.metrics}
    with tempfile.TemporaryDirectory() as folder:
        first, again = timed(jobs, Path(folder)), timed(jobs, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{n} generations, {len(names)} tasks, {len(metrics)} of {len(METRICS)} metrics")
    print(f"first {first:.1f} s, again {again:.1f} s, ratio {again / first:.2f}; peak {peak:.2f} GB")


if __name__ == "__main__":
    main(*sys.argv[1:])
