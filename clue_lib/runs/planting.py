"""How each planted defect changes a model's answers. Pure.

Every function takes a task and a scored run, and gives each response's generation as it would be with the defect.
"""

import dataclasses
import re
from collections.abc import Callable, Sequence
from string import ascii_uppercase

import msgspec

from clue_lib import digests
from clue_lib.metrics import METRICS
from clue_lib.runs.scoring import read_answer
from clue_lib.runs.skill import derangement
from clue_lib.tasks import Task
from clue_lib.terminology import icd
from clue_lib.types import FinishReason, Generation, TaskRun

EMBEDDED = "bertscore_f1"
"""Left as it was: a model would have to read every planted answer."""

Plant = Callable[[Task, TaskRun], list[Generation]]


def _in_order(run: TaskRun) -> list[int]:
    """The responses' places in the order of their examples' hash."""
    return sorted(range(len(run.responses)), key=lambda i: digests.rank(run.responses[i].example.id, 0))


def _drawn(run: TaskRun, share: float) -> set[int]:
    """The places of a share of the responses, of one at least."""
    return set(_in_order(run)[: max(1, round(share * len(run.responses)))])


def _with_text(generation: Generation, text: str, *, is_cut: bool = False) -> Generation:
    finish_reason: FinishReason = "length" if is_cut else "stop"
    if generation.finish_reason == "unknown":
        finish_reason = "unknown"  # a source that tells no ends tells none of these either
    return msgspec.structs.replace(generation, text=text, finish_reason=finish_reason, has_unfinished_thought=False)


def empty(task: Task, run: TaskRun) -> list[Generation]:
    """One answer in ten is empty."""
    drawn = _drawn(run, 0.1)
    generations = [response.generation for response in run.responses]
    return [_with_text(each, "") if i in drawn else each for i, each in enumerate(generations)]


def looping(task: Task, run: TaskRun) -> list[Generation]:
    """The answer again and again, until the limit cuts it."""
    drawn = _drawn(run, 0.05)
    planted = []
    for i, response in enumerate(run.responses):
        generation = response.generation
        if i in drawn:
            unit = (generation.text.strip() or "the patient") + " "
            copies = max(4, 400 // len(unit))
            generation = _with_text(generation, unit * copies, is_cut=True)
        planted.append(generation)
    return planted


def first_option(task: Task, run: TaskRun) -> list[Generation]:
    """The first option, or of labels the one that comes first in the alphabet."""
    first_label = min(str(response.example.gold) for response in run.responses)
    return [
        _with_text(response.generation, "A" if response.example.options else first_label) for response in run.responses
    ]


def never_unanswerable(task: Task, run: TaskRun) -> list[Generation]:
    """Where the last option was picked, the first one."""
    planted = []
    for response in run.responses:
        last = ascii_uppercase[len(response.example.options) - 1]
        is_last = getattr(response.answer, "value", "") == last
        planted.append(_with_text(response.generation, "A") if is_last else response.generation)
    return planted


def invented_codes(task: Task, run: TaskRun) -> list[Generation]:
    """In one letter of five as many codes that don't exist as were named."""
    drawn = _drawn(run, 0.2)
    planted = []
    for i, response in enumerate(run.responses):
        named = getattr(response.answer, "value", ())
        if named and i in drawn:
            invented = "\n".join(_invalid(code) for code in named)
            planted.append(_with_text(response.generation, invented))
        else:
            planted.append(response.generation)
    return planted


def _invalid(code: str) -> str:
    """A code of the same category that the release does not have."""
    candidates = (f"{icd.category(code)}.{digits}" for digits in ("999", "989", "979", "969"))
    return next(candidate for candidate in candidates if not icd.is_code(candidate))


_NEGATIONS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\bden(?:ies|ied)\b", re.IGNORECASE), "reports"),
    (re.compile(r"\bwithout\b", re.IGNORECASE), "with"),
    (re.compile(r"\b(?:no|not)\s+", re.IGNORECASE), ""),
    (re.compile(r"\b(is|are|was|were|has|have|does|do|did|can|should)n't\b", re.IGNORECASE), r"\1"),
)


def asserted(text: str) -> str:
    """The text with every denial asserted."""
    for pattern, words in _NEGATIONS:
        text = pattern.sub(words, text)
    return text


def negated(task: Task, run: TaskRun) -> list[Generation]:
    """Every denial asserted."""
    planted = []
    for response in run.responses:
        text = asserted(response.generation.text)
        unchanged = text == response.generation.text
        planted.append(response.generation if unchanged else msgspec.structs.replace(response.generation, text=text))
    return planted


def loss(share: float) -> Plant:
    """Golds swapped: well-formed wrong answers, until the first metric that is not embedded has lost the share."""

    def plant(task: Task, run: TaskRun) -> list[Generation]:
        metric = next(name for name in task.clue_metrics if name != EMBEDDED)
        wrong = _wrong_answers(task, run)
        losses = _losses(task, run, metric, wrong)
        generations = [response.generation for response in run.responses]
        left = share * sum(loss is not None for loss in losses)
        for i in _in_order(run):
            loss = losses[i]
            if left <= 0:
                break
            if loss is not None and loss > 0:
                generations[i] = wrong[i]
                left -= loss
        return generations

    return plant


def _wrong_answers(task: Task, run: TaskRun) -> list[Generation]:
    """For each example the ideal answer to another one: another option, or the gold of another cluster's example."""
    places = derangement([response.example.cluster for response in run.responses], 0)
    wrong = []
    for i, response in enumerate(run.responses):
        example = response.example
        if example.options:
            others = [letter for letter in ascii_uppercase[: len(example.options)] if letter != example.gold]
            text = others[int(digests.rank(example.id, 1)[:8], 16) % len(others)]
        elif places is None:
            text = response.generation.text
        else:
            other = run.responses[places[i]].example
            text = task.ideal(dataclasses.replace(example, gold=other.gold))
        wrong.append(_with_text(response.generation, text))
    return wrong


def _losses(task: Task, run: TaskRun, metric: str, wrong: Sequence[Generation]) -> list[float | None]:
    """What each example's score would lose; None where the metric is undefined for the example."""
    swapped = [
        dataclasses.replace(response, generation=generation, answer=read_answer(task, generation, response.example))
        for response, generation in zip(run.responses, wrong, strict=True)
    ]
    lost = []
    for own, other in zip(run.scores[metric], METRICS[metric].score(swapped), strict=True):
        lost.append(None if own is None or other is None else own - other)
    return lost
