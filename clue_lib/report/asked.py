"""How both models were asked and how long they thought, in words and lines."""

from collections.abc import Sequence

from clue_lib.report.columns import of_text, wrapped
from clue_lib.report.figures import WIDTH
from clue_lib.text import shorten
from clue_lib.types import Chat, RunInfo, TaskThoughts, ThoughtLengths

NAME_WIDTH = 16
"""Columns of a task's name."""


def asked(info: RunInfo) -> str:
    """Wordings, templates, thoughts and the clock in one sentence.

    Empty where each task has one wording by itself, and the engine rendered no prompt of its own.
    """
    parts, clock = [*wordings(info), *words(info.chat)], info.candidate.engine.clock
    if info.template_diff:
        parts.append("the candidate's chat template differs from the baseline's (see the report)")
    if clock is not None and not info.chat.is_plain:
        parts.append(f"templates see {clock} as today")
    return "; ".join(parts)


def wordings(info: RunInfo) -> list[str]:
    """In how many wordings a task was asked; nothing where each has one and none was left out."""
    numbers = sorted({task.n_wordings for task in info.tasks})
    if not numbers or (numbers == [1] and info.n_wordings is None):
        return []
    if len(numbers) > 1:
        return [f"each task in {numbers[0]} to {numbers[-1]} wordings"]
    return [f"each task in {numbers[0]} wording{'s' * (numbers[0] > 1)}"]


def words(chat: Chat) -> list[str]:
    """What of it is not the default, a few words each."""
    parts = []
    if chat.is_servers:
        parts.append("template: the server's")
    if chat.is_plain:
        parts.append("plain text without a chat template, answers end at a blank line")
    if chat.reasoning == "native":
        parts.append(f"room for thoughts of up to {chat.thinking_budget:,} tokens beside each answer")
    if chat.reasoning == "off":
        parts.append("templates asked for no thoughts")
    if chat.tags:
        parts.append("thoughts also between " + ", ".join(f"{begin} and {end}" for begin, end in chat.tags))
    if chat.template_args:
        parts.append("templates get " + ", ".join(f"{name}={value}" for name, value in chat.template_args))
    if parts:
        parts[-1] += ", for both models"
    return parts


def thought_lines(info: RunInfo, columns: int = WIDTH) -> list[str]:
    """How many answers had a thought, how long these were and how many never ended; nothing where nobody thought."""
    if not info.thoughts:
        return []
    heading = "thoughts before the answer: how many, tokens (median, longest), never ended"
    return ["", *wrapped(heading, columns), *(line for task in info.thoughts for line in _lines(task, columns))]


def _lines(task: TaskThoughts, columns: int) -> list[str]:
    """One line, or where that is too long for the terminal one a model."""
    name = shorten(task.task, NAME_WIDTH)
    baseline, candidate = f"base {lengths(task.baseline)}", f"cand {lengths(task.candidate)}"
    line = f"  {name:<{NAME_WIDTH}} {baseline}  {candidate}"
    return [line] if len(line) <= of_text(columns) else [f"  {name}", f"    {baseline}", f"    {candidate}"]


def lengths(of: ThoughtLengths) -> str:
    """One model's thoughts in a task: "40 (310, 2,048), 3"."""
    return f"{of.n} ({of.median:,.0f}, {of.longest:,}), {of.n_unfinished}"


def rows(info: RunInfo) -> Sequence[tuple[str, str, str]]:
    """Task and both models' thoughts, for a table."""
    return [(task.task, lengths(task.baseline), lengths(task.candidate)) for task in info.thoughts]
