"""What is bet on in a task: its scouts' metric, and that its answers fail in any way."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence

from clue_lib import stats
from clue_lib.judging import early
from clue_lib.runs import PlannedTask
from clue_lib.runs.differences import by_cluster, part_of
from clue_lib.session.stages import Prepared
from clue_lib.types import ANY_FAILURE, Gate, Generation, Stream

Answers = Mapping[str, Generation]
"""A model's answers by their requests' keys."""


class Bet:
    """The bet against one stream; `stream` says how it stands."""

    def __init__(self, planned: PlannedTask, metrics: Sequence[str], stream: Stream) -> None:
        """Nothing is bet yet. The stream is of these metrics, the worst of them where there are several."""
        self._planned = planned
        self._metrics = metrics
        self._gains: list[float] = []
        self._largest = max(Counter(example.cluster for example in planned.examples).values())
        self.stream = stream

    def add(self, places: Sequence[int], baseline: Answers, candidate: Answers) -> None:
        """Bet on the whole clusters of examples at these places of the plan.

        A task of which a prompt does not fit a model's context is not judged: what was bet on it is taken back.
        """
        if self._has_no_room(baseline) or self._has_no_room(candidate):
            self.stream = dataclasses.replace(self.stream, n=0, capital=1.0)
            return
        part = part_of(self._planned, places)
        of_both = ([answers[request.key] for request in part.requests] for answers in (baseline, candidate))
        clusters = by_cluster(part, *of_both, metrics=self._metrics)
        margin = self.stream.margin
        self._gains += stats.cluster_gains(clusters, margin=margin, largest=self._largest)
        self.stream = dataclasses.replace(
            self.stream,
            n=self.stream.n + sum(map(len, clusters)),
            capital=stats.capital(self._gains, margin=margin),
        )

    def _has_no_room(self, answers: Answers) -> bool:
        known = (answers.get(request.key) for request in self._planned.requests)
        return any(answer is not None and answer.finish_reason == "context" for answer in known)


def of_task(prepared: Prepared, task: str) -> list[Bet]:
    """The bets against the task's streams, none of which has begun."""
    planned = prepared.plan[task]
    return [
        Bet(planned, _metrics(planned, name), Stream(task=task, metric=name, margin=margin, n=0, capital=1.0))
        for name, margin in margins(prepared, task).items()
    ]


def margins(prepared: Prepared, task: str) -> dict[str, float]:
    """The margin of each stream of the task; none of a task without scouts.

    Only what a selected gate may fail the run for is bet on, and never beyond what any of its gates tolerates: a gate
    that is waived, or only monitored, rejects no candidate.
    """
    planned = prepared.plan[task]
    if not planned.task.n_scouts:
        return {}
    found: dict[str, float] = {}
    for name in (planned.task.scout_metric, ANY_FAILURE):
        gates = _gates(prepared, task, _metrics(planned, name))
        if gates:
            least = early.FAILURE_MARGIN if name == ANY_FAILURE else 0.0
            found[name] = max(least, *(gate.margin for gate in gates))
    return found


def _metrics(planned: PlannedTask, stream: str) -> tuple[str, ...]:
    return early.FAILURES if stream == ANY_FAILURE else (planned.task.scout_metric,)


def _gates(prepared: Prepared, task: str, metrics: Sequence[str]) -> list[Gate]:
    """The selected gates of these metrics; none where one of them may not fail the run."""
    waived = {waiver.gate for waiver in prepared.settings.thresholds.waivers}
    gates = [gate for gate in prepared.gates if gate.task == task and gate.metric in metrics]
    may_fail = all(gate.role != "monitor" and gate.id not in waived for gate in gates)
    return gates if may_fail else []
