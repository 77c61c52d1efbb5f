"""What a run would cost: its tasks' sizes and tokens, as planned and as profile `release` would draw contexts."""

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from clue_lib.datasets import reference_tokenizer
from clue_lib.forecast import assumptions
from clue_lib.forecast.assumptions import Sample, Spread
from clue_lib.judging import drawings
from clue_lib.runs.planning import PlannedTask
from clue_lib.tasks import TASKS

N_COUNTED = 200
"""How many prompts of a task are counted, evenly spaced; the others are assumed to be as long on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One model's tokens for one task: `prompt` as the reference tokenizer counts, `new` at most."""

    prompt: int
    new: int


def sample(planned: PlannedTask) -> Sample:
    """What of the task's data decides the errors."""
    clusters = {example.id: example.cluster for example in planned.examples}
    return Sample(
        task=planned.task.name,
        tier=planned.source.tier,
        sizes=tuple(Counter(clusters.values()).values()),
        n_repeats=max(1, round(len(planned.examples) / len(clusters))),
    )


def at_release(
    samples: Mapping[str, Sample], spreads: Mapping[tuple[str, str], Spread], asked: int | None = None
) -> tuple[dict[str, Sample], dict[tuple[str, str], Spread]]:
    """Samples and spreads under `release`, which draws contexts more often than others; `asked` is --repeats."""
    more = {}
    for name, one in samples.items():
        n_repeats = drawings("release", one.tier, asked)
        if TASKS[name].draw and one.n_repeats != n_repeats:
            more[name] = dataclasses.replace(one, n_repeats=n_repeats)
    assumed = {key: value for one in more.values() for key, value in assumptions.assumed_spreads(one).items()}
    return {**samples, **more}, {**spreads, **assumed}


def cost(planned: PlannedTask) -> Cost:
    """One model's tokens; prompts are counted by the reference tokenizer, `N_COUNTED` of them."""
    requests = planned.requests[:: math.ceil(len(planned.requests) / N_COUNTED)]
    turns = Counter(message.content for request in requests for message in request.messages)
    counted = sum(reference_tokenizer.n_tokens(text) * times for text, times in turns.items())  # shots are counted once
    return Cost(
        prompt=round(counted / len(requests) * len(planned.requests)),
        new=sum(request.sampling.max_new_tokens + request.chat.thinking_budget for request in planned.requests),
    )
