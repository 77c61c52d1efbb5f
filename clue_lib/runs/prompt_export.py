"""A run's prompts as lines of JSON, to be answered elsewhere: what comes back is read by `--model=import:FILE`.

Each prompt is named by its example's id and the first digits of its digest, `12@3f0c9a1d2b4e5f60`. Whatever carries the
name along carries the proof of what was asked.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from clue_lib.engines.rendering import plain_text
from clue_lib.runs.planning import PlannedTask
from clue_lib.types import Example, Message, Request, withheld

Format = Literal["jsonl", "openai-batch"]

N_DIGITS = 16
"""Digits of a prompt's digest that stand in its name: two prompts of one run never share them."""


@withheld
class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt of format `jsonl`.

    `messages` are what is asked; `prompt` is the same as running text, for models without a chat template. `target` is
    the gold as an ideal model would write it, for harnesses that want one.
    """

    task: str
    id: str
    messages: tuple[Message, ...]
    prompt: str
    target: str
    max_new_tokens: int
    temperature: float
    top_p: float
    repetition_penalty: float
    seed: int


@withheld
class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """What an OpenAI-compatible server is asked; a server that follows OpenAI's own takes nothing else."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    top_p: float
    seed: int


@withheld
class _BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a batch, as OpenAI's batch interface and `vllm run-batch` read it."""

    custom_id: str
    method: str = "POST"
    url: str = "/v1/chat/completions"
    body: _Body


def name_of(example: Example, request: Request) -> str:
    """The prompt's name: the example's id, and digits of the prompt's digest."""
    return f"{example.id}@{request.key[:N_DIGITS]}"


def lines(plan: Sequence[PlannedTask], *, format: Format, model: str) -> Iterator[bytes]:
    """A line for each prompt of the tasks, in their order; what is asked of several examples stands there once.

    `model` is what a batch's server is to be asked for.
    """
    written = set()
    for planned in plan:
        for example, request in zip(planned.examples, planned.requests, strict=True):
            if request.key in written:
                continue
            written.add(request.key)
            line = _batch_line(planned, example, request, model) if format == "openai-batch" else None
            yield msgspec.json.encode(line or _plain_line(planned, example, request)) + b"\n"


def _plain_line(planned: PlannedTask, example: Example, request: Request) -> _Line:
    sampling = request.sampling
    return _Line(
        task=planned.task.name,
        id=name_of(example, request),
        messages=request.messages,
        prompt=plain_text(request.messages),
        target=planned.task.ideal(example),
        max_new_tokens=sampling.max_new_tokens,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        repetition_penalty=sampling.repetition_penalty,
        seed=sampling.seed,
    )


def _batch_line(planned: PlannedTask, example: Example, request: Request, model: str) -> _BatchLine:
    sampling = request.sampling
    return _BatchLine(
        custom_id=f"{planned.task.name}/{name_of(example, request)}",
        body=_Body(
            model=model,
            messages=request.messages,
            max_tokens=sampling.max_new_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
        ),
    )
