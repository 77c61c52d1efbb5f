"""What a task is: data in, prompts' fields and gold out, answers read, metrics named. No engine in sight."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clue_lib.metrics import BEHAVIOUR
from clue_lib.types import Answer, Example, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task; everything in which it differs from the others is a field here.

    `read` turns a file into examples, in the file's order, or raises DataError. `parse` reads a model's raw text.
    `ideal` writes the gold as an ideal model would: few-shot turns use it. `clue_metrics` are the paper's, each gated.
    """

    name: str
    level: Level
    title: str
    n_shots: int
    max_new_tokens: int
    read: Callable[[Path], list[Example]]
    parse: Callable[[str], Answer]
    ideal: Callable[[Example], str]
    clue_metrics: tuple[str, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics of the task: the paper's, then the behaviours that every task has."""
        return self.clue_metrics + BEHAVIOUR

    def gate_id(self, metric: str) -> str:
        """The name of the metric's table in the thresholds file."""
        return f"{self.level}.{self.name}.{metric}"
