"""What an OpenAI-compatible server sends, as far as it is read: all of it may be wrong, and much may be missing."""

from typing import TypeVar

import msgspec

from clue_lib.errors import EngineError
from clue_lib.text import shorten
from clue_lib.types import withheld

Sent = TypeVar("Sent")

SHOWN = 200
"""Characters that are told of what a server says of an error."""


TOO_LONG = "context_length_exceeded"
"""OpenAI's code of a prompt that does not fit the context."""

TOO_LONG_FIELDS = frozenset({"input_tokens"})
"""What vLLM names as the field in error then; its code is 400, as of any bad request."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One model of /v1/models. `root` is what it was loaded from, `parent` the base of an adapter."""

    id: str
    root: str | None = None
    parent: str | None = None
    owned_by: str | None = None
    max_model_len: int | None = None


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """/v1/models."""

    data: tuple[Card, ...]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """/version, which vLLM has."""

    version: str


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the new tokens were thoughts."""

    reasoning_tokens: int | None = None


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens, as the server counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    completion_tokens_details: Details | None = None


@withheld
class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A completion. `token_ids` and `prompt_token_ids` are there where the server tells them."""

    text: str = ""
    finish_reason: str | None = None
    token_ids: tuple[int, ...] | None = None
    prompt_token_ids: tuple[int, ...] | None = None


@withheld
class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of /v1/completions."""

    choices: tuple[Choice, ...]
    model: str = ""
    usage: Usage | None = None


@withheld
class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An answer's turn; servers call thoughts that they set apart by either name."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


@withheld
class ChatChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the answers of a chat."""

    message: Said
    finish_reason: str | None = None


@withheld
class ChatCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of /v1/chat/completions."""

    choices: tuple[ChatChoice, ...]
    model: str = ""
    usage: Usage | None = None


@withheld
class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    message: str = ""
    code: str | int | None = None
    type: str | None = None
    param: str | None = None


@withheld
class _Error(msgspec.Struct, frozen=True, kw_only=True):
    """An error's body, in the forms of OpenAI, vLLM and others."""

    error: _Problem | str | None = None
    message: str | None = None
    detail: msgspec.Raw | None = None


def decode(url: str, content: bytes, kind: type[Sent]) -> Sent:
    """The server's answer as a typed value. Raises EngineError in one line where it is something else."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The text of msgspec's errors names fields and types, and quotes no value.
        said = problem(content)
        what = f"the server says: {said}" if said else str(error)
        raise EngineError(
            f"{url}: answered with status 200 and no answer ({what}); see the server's log",
            unquoted=f"{url}: answered with status 200 and no answer; see the server's log",
        ) from None


def problem(content: bytes) -> str:
    """What an error's body says, on one line; empty where it says nothing."""
    error = _read(content)
    if error is None:
        return ""
    said = error.error.message if isinstance(error.error, _Problem) else error.error
    detail = bytes(error.detail).decode("utf-8", "replace") if error.detail else ""
    return shorten(said or error.message or detail, SHOWN)


def code(content: bytes) -> str:
    """The code or type that an error's body has; empty where it has none."""
    error = _read(content)
    if error is None or not isinstance(error.error, _Problem):
        return ""
    return str(error.error.code or error.error.type or "")


def is_too_long(content: bytes) -> bool:
    """Whether an error's body says that the prompt does not fit: by OpenAI's code, or vLLM's name of the field."""
    error = _read(content)
    if error is None or not isinstance(error.error, _Problem):
        return False
    return error.error.code == TOO_LONG or error.error.param in TOO_LONG_FIELDS


def _read(content: bytes) -> _Error | None:
    try:
        return msgspec.json.decode(content, type=_Error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
