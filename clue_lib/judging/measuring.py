"""Every metric of a pair of runs measured once, whoever asks: its own gate, an average, a family, the pooled test."""

from collections.abc import Mapping

from clue_lib.errors import NothingMeasured
from clue_lib.judging.compare import Asked, Measured, describe, measure
from clue_lib.judging.gates import FAMILIES
from clue_lib.judging.pairing import Paired, pair, pair_family
from clue_lib.judging.thresholds import Policy
from clue_lib.types import Comparison, TaskRun

Key = tuple[int, int, str]
"""Two runs, by what tells objects apart, and a metric or family."""


class Measures:
    """Measures at a policy's confidence and power, and remembers.

    `corrected` are the confidences that the correction over a run demands, by what a gate judges: (task, metric), or
    (group, figure). Where it has none, the policy's own holds.
    """

    def __init__(self, policy: Policy, *, corrected: Mapping[tuple[str, str], float] | None = None) -> None:
        """Nothing is measured yet."""
        self.policy = policy
        self._corrected = corrected or {}
        self._known: dict[Key, Measured | str] = {}
        self._compared: dict[Key, Comparison] = {}
        self._runs: list[TaskRun] = []  # kept, so that no other run gets the name of one that is gone

    def compare(self, baseline: TaskRun, candidate: TaskRun, metric: str) -> Comparison:
        """Baseline against candidate on one metric.

        Raises PairingError where the runs differ in more than the model (other examples, gold, prompts, engine or
        scoring), NothingMeasured where the metric is undefined for every example.
        """
        key = (id(baseline), id(candidate), metric)
        if key not in self._compared:
            self._compared[key] = describe(self.of(baseline, candidate, metric))
        return self._compared[key]

    def of(self, baseline: TaskRun, candidate: TaskRun, name: str) -> Measured:
        """As `compare`, of a metric or a family of failure modes, with all that sums of several need."""
        key = (id(baseline), id(candidate), name)
        if key not in self._known:
            self._runs += [baseline, candidate]
            try:
                self._known[key] = self.measure(_paired(baseline, candidate, name))
            except NothingMeasured as error:
                self._known[key] = str(error)
        known = self._known[key]
        if isinstance(known, str):
            raise NothingMeasured(known)
        return known

    def defined(self, baseline: TaskRun, candidate: TaskRun, name: str) -> Measured | None:
        """As `of`; None where the task has none of it, or it is undefined for every example."""
        try:
            return self.of(baseline, candidate, name)
        except NothingMeasured:
            return None

    def measure(self, paired: Paired, *, figure: tuple[str, str] | None = None) -> Measured:
        """What is paired already, for the gate of this figure, by default of its own task and metric."""
        return measure(paired, **self.asked(figure or (paired.task, paired.metric)))

    def asked(self, figure: tuple[str, str]) -> Asked:
        """What is asked of the statistics behind the gate of this figure."""
        policy = self.policy
        return Asked(confidence=policy.confidence, power=policy.power, corrected=self._corrected.get(figure))


def _paired(baseline: TaskRun, candidate: TaskRun, name: str) -> Paired:
    for family in FAMILIES.values():
        if name == family:
            return pair_family(baseline, candidate, family)
    return pair(baseline, candidate, name)
