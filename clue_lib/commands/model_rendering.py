"""What `models check` tells that takes a tokenizer: in a process of its own, for a template is a model's program."""

import tempfile
from pathlib import Path
from typing import Any

import msgspec

from clue_lib import files
from clue_lib.engines import time_limit
from clue_lib.engines.chat import end_tokens
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.errors import ClueError, MissingExtra, ModelError
from clue_lib.models.child import failure_in_child
from clue_lib.models.tokenizer_files import not_loaded
from clue_lib.text import printable, shorten
from clue_lib.types import Message, withheld

EXAMPLE = (
    Message(role="system", content="You are a clinician."),
    Message(role="user", content="What helps against a cough?"),
)
"""What the prompt that is shown asks."""


@withheld
class Shown(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The template's policy, the tokens that end an answer, and the lines of a rendered prompt; all printable."""

    policy: str
    ends: str
    prompt: tuple[str, ...]


@withheld
class _Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why nothing is shown, in one line."""

    told: str


def render(folder: Path) -> Shown:
    """What the folder's tokenizer says and its template does. Raises ModelError where that can't be told."""
    with tempfile.TemporaryDirectory(prefix="clue-gate-") as scratch:
        result = Path(scratch) / "rendered.json"
        printed = failure_in_child(_write_in_child, folder, result)
        if printed is not None:
            raise ModelError(f"{folder}: {_why(printed)}")
        found = msgspec.json.decode(files.read_bytes(result), type=Shown | _Refused)
    if isinstance(found, _Refused):
        raise ModelError(found.told)
    return found


def _why(printed: str) -> str:
    """What is told of a process that ended before it had written anything."""
    lines = printed.splitlines()
    if any(line.startswith(time_limit.HARD_MARK) for line in lines):
        return "the model's chat template does not end; mend it, or use --template=plain"
    return f"the process that renders its chat template ended ({shorten(lines[-1], 200)}); mend the template"


def _write_in_child(folder: Path, result: Path) -> None:
    time_limit.end_process_too()
    write(folder, result)


def write(folder: Path, result: Path) -> None:
    """Write what is shown, or why nothing is."""
    found: Shown | _Refused
    try:
        found = _rendered(folder)
    except ClueError as error:
        found = _Refused(told=printable(str(error)))
    result.write_bytes(msgspec.json.encode(found))


def _rendered(folder: Path) -> Shown:
    tokenizer = _tokenizer(folder)
    template = ChatTemplate(tokenizer)
    return Shown(
        policy=template.policy,
        ends=_ends(folder, tokenizer),
        prompt=tuple(printable(line) for line in template.render(EXAMPLE).split("\n")),
    )


def _ends(folder: Path, tokenizer: Any) -> str:
    """Every token that ends an answer, by its text and number."""
    ends = sorted(end_tokens(folder, tokenizer))
    return printable(", ".join(f"{tokenizer.convert_ids_to_tokens(end)} ({end})" for end in ends)) or "none"


def _tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, with none of its code run. Raises ModelError where it can't be loaded."""
    try:
        from transformers import AutoTokenizer, logging
    except ImportError as error:
        raise MissingExtra(
            "models check needs transformers; run `make install` or pip install 'clue-gate[transformers]'"
        ) from error
    logging.set_verbosity_error()  # it warns of architectures that it does not know, which is told here
    try:
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except BaseException as error:
        raise not_loaded(folder, error) from None
