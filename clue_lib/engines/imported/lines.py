"""Plain JSON Lines of answers, and lines of OpenAI's batch interface.

A plain line is `{"task", "id", "text"}`, with `finish_reason` and `gold` where they are known. `id` is that of an
exported prompt, or an example's own, which needs its gold beside it.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from clue_lib.engines.imported.reading import decoded, json_lines
from clue_lib.engines.imported.values import Facts, Given, Imported
from clue_lib.errors import ModelError
from clue_lib.types import FinishReason, withheld

ENDS: Mapping[str | None, FinishReason] = {"stop": "stop", "length": "length", "context": "context"}
"""How servers and other programs say why an answer ended; whatever else they say is not known here."""


@withheld
class _Plain(msgspec.Struct, frozen=True, kw_only=True):
    task: str
    id: str | int
    text: str
    gold: str | None = None
    finish_reason: str | None = None


@withheld
class _Message(msgspec.Struct, frozen=True, kw_only=True):
    content: str | None = None


@withheld
class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct, frozen=True, kw_only=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0


@withheld
class _Body(msgspec.Struct, frozen=True, kw_only=True):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None


@withheld
class _Response(msgspec.Struct, frozen=True, kw_only=True):
    status_code: int = 200
    body: _Body | None = None


@withheld
class _Batch(msgspec.Struct, frozen=True, kw_only=True):
    custom_id: str
    response: _Response | None = None


@withheld
class _Either(msgspec.Struct, frozen=True, kw_only=True):
    """Enough of a line to tell which of the two it is."""

    custom_id: str | None = None


def read(path: Path) -> Imported:
    """The answers of the file. Raises ModelError and OSError."""
    answers: list[Given] = []
    is_batch = None
    for place, raw in json_lines(path, msgspec.Raw):
        line = bytes(raw)
        is_of_batch = decoded(line, _Either, place).custom_id is not None
        if is_batch not in (None, is_of_batch):
            raise ModelError(f"{place}: another form than the lines before it; import each form alone")
        is_batch = is_of_batch
        answers.append(_of_batch(line, place) if is_batch else _plain(line, place))
    facts = Facts(program="OpenAI batch" if is_batch else "JSON Lines")
    return Imported(facts=facts, answers=tuple(answers))


def _plain(line: bytes, place: str) -> Given:
    given = decoded(line, _Plain, place)
    return Given(
        place=place,
        task=given.task,
        id=str(given.id),
        text=given.text,
        gold=given.gold,
        finish_reason=ENDS.get(given.finish_reason),
    )


def _of_batch(line: bytes, place: str) -> Given:
    given = decoded(line, _Batch, place)
    body = given.response.body if given.response is not None else None
    if given.response is None or given.response.status_code != 200 or body is None or len(body.choices) != 1:
        raise ModelError(f"{place}: its request was not answered, or more than once; ask it again and join the files")
    task, _, id_ = given.custom_id.partition("/")
    (choice,) = body.choices
    usage = body.usage or _Usage()
    return Given(
        place=place,
        task=task,
        id=id_,
        text=choice.message.content or "",
        finish_reason=ENDS.get(choice.finish_reason),
        n_prompt_tokens=usage.prompt_tokens,
        n_new_tokens=usage.completion_tokens,
    )
