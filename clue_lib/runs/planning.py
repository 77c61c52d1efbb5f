"""From a task and the run's settings to its prompts: the same for both models, and in every run with this seed."""

import bisect
import dataclasses
import string
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clue_lib import datasets, digests
from clue_lib.datasets import Source
from clue_lib.errors import DataError, OptionError
from clue_lib.runs.ordering import asking_order
from clue_lib.runs.rehearsal import check_examples, rehearse, user_code
from clue_lib.tasks import PromptTexts, Task, prompts, wordings
from clue_lib.tasks.base import CONTEXT, Drawing
from clue_lib.types import Chat, Example, Prompt, Request, Sampling, TaskInfo, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    """What decides a run's prompts, whatever the model.

    `limit` is the number of examples per task, `n_repeats` how often each context is drawn by the tier of its data
    (once where nothing is said), `context` how many tokens a drawn prompt and its answer may take, `n_wordings` in how
    many wordings a task is asked at most; None is all. Without `data_root` a task reads its bundled data, without
    `prompts` the package's own texts; a task of the user's own brings both.
    """

    data_root: Path | None = None
    prompts: Path | None = None
    limit: int | None = None
    seed: int = 0
    n_repeats: Mapping[Tier, int] = field(default_factory=dict)
    context: int | None = None
    n_wordings: int | None = None

    def drawing(self, source: Source) -> Drawing:
        """How contexts are drawn from that data."""
        return Drawing(
            seed=self.seed,
            n_repeats=self.n_repeats.get(source.tier, 1),
            context=self.context or source.context or CONTEXT,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """One task's prompts; `examples` and `requests` are aligned. `n_read` counts what was read, shots included.

    Where the task draws contexts, each example is asked once per drawing, `n_left_out` are those whose own letters
    can't be shown whole, once per drawing too, and `drawing` says how they were drawn. `wordings` are those that were
    dealt to the examples; the first is wording 1. `n_available` are there in all. `remarks` are the task's, on what of
    the file was not read or is odd.
    """

    task: Task
    source: Source
    wordings: tuple[PromptTexts, ...]
    n_available: int
    n_read: int
    examples: tuple[Example, ...]
    requests: tuple[Request, ...]
    drawing: Drawing | None = None
    n_left_out: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def texts_digest(self) -> str:
        """One digest of the wordings."""
        return wordings.digest(self.wordings)

    @property
    def n_wordings(self) -> int:
        """In how many wordings the examples are asked: of few examples, in fewer than there are."""
        return len({example.wording for example in self.examples})

    @property
    def asking_order(self) -> tuple[int, ...]:
        """The places of the requests in the order in which an engine is asked."""
        return asking_order(self.examples, self.requests)

    @property
    def digest(self) -> str:
        """One digest of all of its prompts."""
        return digests.of_value([request.key for request in self.requests])

    def asked_by(self, chat: Chat) -> "PlannedTask":
        """The same prompts, put to both models so; their keys stay."""
        return dataclasses.replace(self, requests=tuple(dataclasses.replace(each, chat=chat) for each in self.requests))

    @property
    def prompts_digest(self) -> str:
        """Names the wording, and with it the length to which contexts are drawn; part of every signature."""
        return digests.of_value((self.texts_digest, self.drawing.context)) if self.drawing else self.texts_digest

    @property
    def info(self) -> TaskInfo:
        """The data as reports name it."""
        return TaskInfo(
            name=self.task.name,
            data=self.source.label,
            tier=self.source.tier,
            data_digest=self.source.digest,
            prompts_digest=self.prompts_digest,
            n_read=self.n_read,
            n_scored=len(self.examples),
            n_wordings=self.n_wordings,
            n_cut=sum(example.n_cut > 0 for example in self.examples),
            cut_tokens=sum(example.n_cut for example in self.examples),
            n_left_out=self.n_left_out,
            n_drawings=self.drawing.n_repeats if self.drawing else 1,
            context=self.drawing.context if self.drawing else None,
            remarks=self.remarks,
        )


def plan_task(task: Task, settings: PromptSettings) -> PlannedTask:
    """Read the task's data, choose shots and subset, render every prompt.

    A task of the user's own is tried on its own gold as well. Raises DataError, PromptError or TaskError.
    """
    source = datasets.find(task.name, settings.data_root, task.data)
    available = _wordings(task, settings.prompts)
    dealt = available[: settings.n_wordings]
    drawing = settings.drawing(source) if task.draw else None
    read = _read(task, available[0], source.path)
    examples = _by_length(task.drawn(read, drawing) if drawing else read)
    check_ids(examples, source.path)
    n_left_out = _n_left_out(read, examples, drawing, source.path) if drawing else 0
    if task.is_custom:
        rehearse(task, examples)
    shots = prompts.choose_shots(examples, task.n_shots, settings.seed)
    shown = {shot.cluster for shot in shots}
    others = _worded([example for example in examples if example.cluster not in shown], len(dealt), settings.seed)
    scored = prompts.subset(others, settings.limit, settings.seed)
    if not scored:
        raise DataError(f"{source.path}: its {len(examples)} examples leave none to score beside {task.n_shots} shots")
    turns = [(shot, task.ideal(shot)) for shot in shots]
    sampling = Sampling(max_new_tokens=task.max_new_tokens, seed=settings.seed)
    asked = [prompts.render(dealt[example.wording - 1], turns, example) for example in scored]
    return PlannedTask(
        task=task,
        source=source,
        wordings=dealt,
        n_available=len(available),
        n_read=len(examples) + n_left_out,
        examples=scored,
        requests=tuple(_request(example, prompt, sampling) for example, prompt in zip(scored, asked, strict=True)),
        drawing=drawing,
        n_left_out=n_left_out,
        remarks=_remarks(task, source.path),
    )


def check_wordings(n: int | None, planned: Collection[PlannedTask]) -> None:
    """Raise OptionError where --wordings asks for more than any task has; one that has fewer is asked in all of its."""
    most = max((task.n_available for task in planned), default=0)
    if n is not None and planned and n > most:
        raise OptionError(f"--wordings={n}: a task has {most} wordings at most; name a number from 1 to {most}")


def _wordings(task: Task, folder: Path | None) -> tuple[PromptTexts, ...]:
    """The task's own wordings, if it has some that the folder does not replace; else those of a file."""
    is_replaced = folder is not None and (folder / f"{task.name}.toml").exists()
    if task.prompts is None or is_replaced:
        return wordings.load(task.name, folder)
    return task.wordings


def _worded(examples: Sequence[Example], n: int, seed: int) -> list[Example]:
    """The examples with the wording that their cluster is asked in."""
    wording_of = wordings.deal(examples, n, seed)
    return [dataclasses.replace(example, wording=wording_of[example.cluster]) for example in examples]


def _read(task: Task, texts: PromptTexts, path: Path) -> list[Example]:
    with user_code(task, "read"):
        examples = task.read(path)
    if task.is_custom:
        check_examples(task, texts, examples)
    return examples


def _n_left_out(read: Sequence[Example], drawn: Sequence[Example], drawing: Drawing, path: Path) -> int:
    """How many of the examples that were read have no prompt, each counted once per drawing.

    Raises DataError where none has one.
    """
    if read and not drawn:
        raise DataError(
            f"{path}: of none of its questions the letters with the answer fit whole into {drawing.context:,} tokens; "
            "raise --context"
        )
    missing = {example.id for example in read} - {example.id for example in drawn}
    return len(missing) * drawing.n_repeats


def _remarks(task: Task, path: Path) -> tuple[str, ...]:
    with user_code(task, "remarks"):
        return tuple(task.remarks(path))


def _by_length(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples with a slice "length": in which third of the file an example lies by the length of its question."""
    lengths = [sum(map(len, example.fields.values())) for example in examples]
    ordered = sorted(lengths)
    thirds = [3 * bisect.bisect_left(ordered, length) // len(ordered) for length in lengths]
    names = ("shortest third", "middle third", "longest third")
    return tuple(
        dataclasses.replace(example, slices={**example.slices, "length": names[third]})
        for example, third in zip(examples, thirds, strict=True)
    )


def _request(example: Example, prompt: Prompt, sampling: Sampling) -> Request:
    return Request(
        key=digests.of_value((prompt.messages, sampling)),
        messages=prompt.messages,
        sampling=sampling,
        letters=string.ascii_uppercase[: len(example.options)],
    )


def check_ids(examples: Sequence[Example], path: Path) -> None:
    """Raise DataError where an id and repeat occur more than once."""
    counts = Counter((example.id, example.repeat) for example in examples)
    twice = sum(count > 1 for count in counts.values())
    if twice:  # which ones is not said: ids of data under an agreement stay off the terminal
        raise DataError(f"{path}: {twice} example ids occur more than once; ids must be unique")
