"""Takes the JSON of other programs apart, within the bound of memory and with one line for whatever is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from clue_lib import files
from clue_lib.errors import ModelError

Value = TypeVar("Value")

REMEDY = "it is damaged, or no file that can be imported; export it anew"


def json_lines(path: Path, kind: type[Value]) -> Iterator[tuple[str, Value]]:
    """Place and value of every line that is not blank. Raises OSError, and ModelError for a line of another kind."""
    is_empty = True
    for number, line in enumerate(files.read_json(path).split(b"\n"), 1):
        if line.strip():
            is_empty = False
            place = f"{path}:{number}"
            yield place, decoded(line, kind, place)
    if is_empty:
        raise ModelError(f"{path}: no answers in it; {REMEDY}")


def decoded(content: bytes, kind: type[Value], place: str) -> Value:
    """The JSON as a value of that kind. Raises ModelError, which quotes nothing of it."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise ModelError(f"{place}: not of the expected shape ({error}); {REMEDY}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ModelError(f"{place}: no JSON; {REMEDY}") from None


def one_line(value: object) -> str:
    """A value of JSON as one line, which is the same for the same value."""
    return msgspec.json.encode(value, order="sorted").decode()
