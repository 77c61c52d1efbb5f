"""A run's stages: `Prepared` before an engine starts, `Answered` when every answer is scored, `Judged` at the end.

Each holds what it found out, and is never changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clue_lib.engines import Partition
from clue_lib.judging import Verdict
from clue_lib.judging.signal import Skills
from clue_lib.models import Model
from clue_lib.runs import PlannedTask
from clue_lib.session.settings import Settings
from clue_lib.types import Fingerprint, Gate, Generation, RunInfo, Side, TaskRun

SIDES: tuple[Side, Side] = ("baseline", "candidate")

Pairs = Mapping[str, tuple[TaskRun, TaskRun]]
"""Baseline's and candidate's run of each task, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is known before an engine starts.

    `gates` are to be judged. `plan` holds the prompts of every task with data, `missing` why a task has none. Answers
    lie in `partitions`, by side and task; `given` are those of another program, by side and key, which go there first.
    """

    settings: Settings
    gates: tuple[Gate, ...]
    plan: Mapping[str, PlannedTask]
    missing: Mapping[str, str]
    models: Mapping[Side, Model]
    fingerprints: Mapping[Side, Fingerprint]
    partitions: Mapping[tuple[Side, str], Partition]
    info: RunInfo
    given: Mapping[Side, Mapping[str, Generation]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Both models have answered, and every answer is scored. `info` says also what these scores tell by themselves.

    `skills` are by side, task and CLUE metric; a metric is absent where none can be measured.
    """

    prepared: Prepared
    pairs: Pairs
    skills: Mapping[Side, Skills]
    info: RunInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Every gate has a verdict, in the order of the gates. `info` is whole, but for the engine starts."""

    verdicts: Mapping[str, Verdict]
    info: RunInfo
