"""What a task is: data in, prompts' fields and gold out, answers read, metrics named. No engine in sight."""

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from clue_lib import answers
from clue_lib.datasets import TaskData
from clue_lib.metrics import BEHAVIOUR, CLAIMS
from clue_lib.tasks.prompts import PromptTexts
from clue_lib.types import Answer, Example, GateRule, Level

CONTEXT = 8140
"""Reference tokens that a prompt of a task that draws contexts and its answer may take: CLUE's bound for models of
8,192."""


def no_remarks(path: Path) -> tuple[str, ...]:
    """Nothing to tell of a file."""
    return ()


def gold_text(example: Example) -> str:
    """The gold as it is: what an ideal model would write where the gold is a label, a letter or a text."""
    return str(example.gold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How contexts are drawn: from the seed, `n_repeats` times for each question, into `context` reference tokens."""

    seed: int = 0
    n_repeats: int = 1
    context: int = CONTEXT


class Parse(Protocol):
    """Reads a model's raw text; `is_cut` where the token limit ended it, so that what it was about to say is open."""

    def __call__(self, text: str, example: Example, /, *, is_cut: bool = False) -> Answer:
        """What the text answers to the example, or why nothing could be read. Never raises on any text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task; everything in which it differs from the others is a field here.

    `read` turns a file into examples, in the file's order, or raises DataError; `remarks` says, a line each and with
    the rows, what it left out and what is odd about the rest. `draw` puts together the contexts of a task whose
    examples need other examples' documents, without the examples whose own documents can't be shown whole; it raises
    MissingData where there are no others'. `parse` reads a model's raw text.
    `ideal` writes the gold as an ideal model would: few-shot turns use it. `clue_metrics` are the paper's, each gated;
    `other_metrics` are the task's further ones. `n_shots` examples with their answers are shown before each question,
    `max_new_tokens` bound the answer. Tasks of one `group` are averaged before they count in their level.
    Skill is measured together with the tasks of `skill_pool` (see `runs.skill`). `counted_slices` are the slices whose
    groups the task names itself ("1 to 5"): of data under an agreement reports show keyed names for all others' groups.

    Whole runs ask a task's scouts before all else, in rounds of `n_scouts` prompts; a candidate may be rejected early
    by what it loses in `scout_metric` (see `runs.scouting`). A task with no scouts has no say in that.

    A task of the user's own, of level "custom", also holds what CLUE's have in files of this package: `prompts`, one
    wording or a tuple of several, `data`, and in `gates` a rule for each metric that the thresholds file has no table
    for (metric name → rule). `file` is where `tasks.register` found it; empty for CLUE's tasks.
    """

    name: str
    max_new_tokens: int
    read: Callable[[Path], list[Example]]
    parse: Parse
    level: Level = "custom"
    n_shots: int = 0
    remarks: Callable[[Path], tuple[str, ...]] = no_remarks
    ideal: Callable[[Example], str] = gold_text
    clue_metrics: tuple[str, ...] = ()
    other_metrics: tuple[str, ...] = ()
    group: str = ""
    skill_pool: tuple[str, ...] = ()
    counted_slices: tuple[str, ...] = ()
    n_scouts: int = 0
    scout_metric: str = ""
    draw: Callable[[Sequence[Example], Drawing], list[Example]] | None = None
    prompts: PromptTexts | tuple[PromptTexts, ...] | None = None
    data: TaskData | None = None
    gates: Mapping[str, GateRule] = field(default_factory=dict, hash=False)
    file: str = ""

    def examples(self, path: Path, *, seed: int, n_repeats: int, context: int | None = None) -> list[Example]:
        """The file's examples ready to be asked; `n_repeats` drawings of each where the task draws contexts."""
        return self.drawn(self.read(path), Drawing(seed=seed, n_repeats=n_repeats, context=context or CONTEXT))

    def drawn(self, examples: list[Example], drawing: Drawing) -> list[Example]:
        """The examples with their contexts; as they are where the task draws none."""
        return self.draw(examples, drawing) if self.draw else examples

    @property
    def wordings(self) -> tuple[PromptTexts, ...]:
        """The wordings that the task brings with it; CLUE's have theirs in files."""
        if self.prompts is None:
            return ()
        return (self.prompts,) if isinstance(self.prompts, PromptTexts) else self.prompts

    @property
    def is_monitored(self) -> bool:
        """Whether the task is only shown: it fails no run and counts in nothing that is judged over several tasks."""
        return self.level == "monitored"

    @property
    def is_custom(self) -> bool:
        """Whether the task is a user's own: its gates are judged like any other, but CLUE's averages leave it out."""
        return self.level == "custom"

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics of the task: the paper's, its others, then the failure modes that every task has."""
        return self.clue_metrics + self.other_metrics + BEHAVIOUR

    def gate_id(self, metric: str) -> str:
        """The name of the metric's table in the thresholds file."""
        return f"{self.level}.{self.name}.{metric}"


def lettered(options: Sequence[str]) -> str:
    """Options as a prompt shows them, one a line: "A. …"."""
    return "\n".join(f"{letter}. {option}" for letter, option in zip(string.ascii_uppercase, options, strict=False))


def text_task(
    name: str, level: Level, read: Callable[[Path], list[Example]], *, n_shots: int, has_concepts: bool
) -> Task:
    """A task answered in free text of 128 tokens at most; `has_concepts` where CLUE also compares medical concepts."""
    return Task(
        name=name,
        level=level,
        n_shots=n_shots,
        max_new_tokens=128,
        read=read,
        parse=answers.free_text,
        n_scouts=16,
        scout_metric="rougeL",
        clue_metrics=("rouge1", "rouge2", "rougeL", "bertscore_f1", *(("concept_f1",) if has_concepts else ())),
        other_metrics=("wrong_length", *(CLAIMS if has_concepts else ())),
    )
