"""A task of the user's own, tried on its own gold before an engine starts.

What its functions give for the answers of an ideal model tells most of what is half-written about it. Messages of ours
quote no text and no id; what the task's own code said stands in an error beside a line without it, which the `Boundary`
of a run tells where data are under an agreement.
"""

import string
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from clue_lib.errors import MISTAKES_IN_CODE, TaskError
from clue_lib.metrics import METRICS, Metric
from clue_lib.metrics.custom import values
from clue_lib.tasks import PromptTexts, Task
from clue_lib.text import suggestion
from clue_lib.types import Example, Generation, Parsed, Response

N_TRIED = 20
"""Examples on which a metric is tried first: an expensive one takes seconds for them."""


@contextmanager
def user_code(task: Task, function: str) -> Iterator[None]:
    """A block that calls a function of the task; a mistake in a user's own becomes one line with its place."""
    try:
        yield
    except (*MISTAKES_IN_CODE, msgspec.MsgspecError) as error:
        if not task.is_custom:
            raise
        kind = type(error).__name__
        problem = " ".join(f"{kind}: {error}".split()).removesuffix(":")
        raise TaskError(
            f"{_place(task, error)}: {function} of TASK raises {problem}",
            unquoted=f"{_place(task, error)}: {function} of TASK raises {kind}",
        ) from error


def _place(task: Task, error: BaseException) -> str:
    """The task's file, with the last line of it that the error came through."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve() == Path(task.file).resolve()
    ]
    return f"{task.file}:{lines[-1]}" if lines else task.file


def check_examples(task: Task, texts: PromptTexts, examples: Sequence[object]) -> None:
    """Whether `read` gave examples, and these have what the prompt asks for, in any wording. Raises TaskError."""
    placeholders = string.Template(texts.user).get_identifiers()
    for example in examples:
        if not isinstance(example, Example):
            kind = type(example).__name__
            raise TaskError(f"{task.file}: read of TASK gives a {kind}, not Example(id=…, cluster=…, fields=…, gold=…)")
        _check_types(task, example)
        for name in placeholders:
            if name not in example.fields:
                hint = suggestion(name, example.fields)
                raise TaskError(
                    f"{task.file}: TASK's prompts: no field ${name} in the examples that read gives; {hint}"
                )


def _check_types(task: Task, example: Example) -> None:
    """Whether each of its fields has its type (a gold is no number); msgspec tells, as it does of a file's values."""
    try:
        msgspec.convert(msgspec.to_builtins(example), Example)
    except (msgspec.ValidationError, TypeError) as error:
        raise TaskError(f"{task.file}: read of TASK gives an Example that is none: {error}") from error


def rehearse(task: Task, examples: Sequence[Example]) -> None:
    """Whether the answers of an ideal model can be read and scored. Raises TaskError, saying what can't."""
    responses = [_ideal_response(task, example) for example in examples]
    unread = [response.answer.reason for response in responses if not isinstance(response.answer, Parsed)]
    if unread:
        n, n_all = len(unread), len(responses)
        advice = "mend parse, or let ideal write the gold as a model should answer"
        raise TaskError(
            f"{task.file}: parse of TASK reads no answer from {n} of {n_all} ideal answers "
            f"(first reason: {unread[0]!r}); {advice}",
            unquoted=f"{task.file}: parse of TASK reads no answer from {n} of {n_all} ideal answers; {advice}",
        )
    for name in task.other_metrics:
        _try_metric(task, METRICS[name], responses)


def _ideal_response(task: Task, example: Example) -> Response:
    with user_code(task, "ideal"):
        text = task.ideal(example)
    with user_code(task, "parse"):
        answer = task.parse(text, example, is_cut=False)
    generation = Generation(text=text, finish_reason="stop", n_prompt_tokens=0, n_new_tokens=0)
    return Response(example=example, generation=generation, answer=answer)


def _try_metric(task: Task, metric: Metric, responses: Sequence[Response]) -> None:
    with user_code(task, f"metric {metric.name}"):
        defined = _defined(metric, responses[:N_TRIED]) or _defined(metric, responses)
        is_zero = metric.better == "higher" and not any(defined) and not any(_defined(metric, responses))
    if not defined:
        raise TaskError(
            f"{task.file}: {metric.name} is undefined for every example of TASK; score its gold with another"
        )
    if is_zero:
        raise TaskError(
            f"{task.file}: {metric.name} is 0 even for ideal answers; compare what parse of TASK reads with the gold"
        )


def _defined(metric: Metric, responses: Sequence[Response]) -> list[float]:
    """The metric's values where it is defined."""
    return [value for value in values(metric, responses) if value is not None]
