"""From a task and the run's settings to its prompts: the same for both models, and in every run with this seed."""

import bisect
import dataclasses
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clue_lib import datasets, digests
from clue_lib.datasets import Source
from clue_lib.errors import DataError
from clue_lib.runs.rehearsal import check_examples, rehearse, user_code
from clue_lib.tasks import PromptTexts, Task, prompts
from clue_lib.types import Chat, Example, Prompt, Request, Sampling, TaskInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    """What decides a run's prompts, whatever the model.

    `limit` is the number of examples per task, `n_repeats` how often each context is drawn. Without `data_root` a task
    reads its bundled data, without `prompts` the package's own texts; a task of the user's own brings both.
    """

    data_root: Path | None = None
    prompts: Path | None = None
    limit: int | None = None
    seed: int = 0
    n_repeats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """One task's prompts; `examples` and `requests` are aligned. `n_read` counts what was read, shots included.

    `remarks` are the task's, on what of the file was not read or is odd.
    """

    task: Task
    source: Source
    texts_digest: str
    n_read: int
    examples: tuple[Example, ...]
    requests: tuple[Request, ...]
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """One digest of all of its prompts."""
        return digests.of_value([request.key for request in self.requests])

    def asked_by(self, chat: Chat) -> "PlannedTask":
        """The same prompts, put to both models so; their keys stay."""
        return dataclasses.replace(self, requests=tuple(dataclasses.replace(each, chat=chat) for each in self.requests))

    @property
    def info(self) -> TaskInfo:
        """The data as reports name it."""
        return TaskInfo(
            name=self.task.name,
            data=self.source.label,
            tier=self.source.tier,
            data_digest=self.source.digest,
            prompts_digest=self.texts_digest,
            n_read=self.n_read,
            n_scored=len(self.examples),
            n_cut=sum(example.n_cut > 0 for example in self.examples),
            cut_tokens=sum(example.n_cut for example in self.examples),
            remarks=self.remarks,
        )


def plan_task(task: Task, settings: PromptSettings) -> PlannedTask:
    """Read the task's data, choose shots and subset, render every prompt.

    A task of the user's own is tried on its own gold as well. Raises DataError, PromptError or TaskError.
    """
    source = datasets.find(task.name, settings.data_root, task.data)
    texts = _texts(task, settings.prompts)
    examples = _by_length(_read(task, texts, source.path, settings))
    check_ids(examples, source.path)
    if task.is_custom:
        rehearse(task, examples)
    shots = prompts.choose_shots(examples, task.n_shots, settings.seed)
    shown = {shot.cluster for shot in shots}
    others = [example for example in examples if example.cluster not in shown]
    scored = prompts.subset(others, settings.limit, settings.seed)
    if not scored:
        raise DataError(f"{source.path}: its {len(examples)} examples leave none to score beside {task.n_shots} shots")
    turns = [(shot, task.ideal(shot)) for shot in shots]
    sampling = Sampling(max_new_tokens=task.max_new_tokens, seed=settings.seed)
    return PlannedTask(
        task=task,
        source=source,
        texts_digest=texts.digest,
        n_read=len(examples),
        examples=scored,
        requests=tuple(_request(example, prompts.render(texts, turns, example), sampling) for example in scored),
        remarks=_remarks(task, source.path),
    )


def _texts(task: Task, folder: Path | None) -> PromptTexts:
    """The task's own texts, if it has some that the folder does not replace; else those of a file."""
    if task.prompts is None:
        return prompts.load_texts(task.name, folder)
    is_replaced = folder is not None and (folder / f"{task.name}.toml").exists()
    return prompts.load_texts(task.name, folder) if is_replaced else task.prompts


def _read(task: Task, texts: PromptTexts, path: Path, settings: PromptSettings) -> list[Example]:
    with user_code(task, "read"):
        examples = task.examples(path, seed=settings.seed, n_repeats=settings.n_repeats)
    if task.is_custom:
        check_examples(task, texts, examples)
    return examples


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
