"""How long both models thought before they answered. Counts alone: no thought leaves the store."""

import statistics
from collections.abc import Iterable, Iterator

from clue_lib.types import Generation, TaskRun, TaskThoughts, ThoughtLengths


def thoughts_of(pairs: Iterable[tuple[TaskRun, TaskRun]]) -> tuple[TaskThoughts, ...]:
    """Every task in which either model thought, in the order given."""
    return tuple(_thoughts_of(pairs))


def _thoughts_of(pairs: Iterable[tuple[TaskRun, TaskRun]]) -> Iterator[TaskThoughts]:
    for baseline, candidate in pairs:
        lengths = [_lengths([response.generation for response in run.responses]) for run in (baseline, candidate)]
        if any(one.n for one in lengths):
            yield TaskThoughts(task=baseline.task, baseline=lengths[0], candidate=lengths[1])


def _lengths(generations: Iterable[Generation]) -> ThoughtLengths:
    having = [each for each in generations if each.thought or each.has_unfinished_thought]
    tokens = [each.n_thought_tokens for each in having]
    return ThoughtLengths(
        n=len(having),
        median=float(statistics.median(tokens)) if tokens else 0.0,
        longest=max(tokens, default=0),
        n_unfinished=sum(each.has_unfinished_thought for each in having),
    )
