"""Loads a model's tokenizer.json. What is wrong with one is told in one line."""

from pathlib import Path
from typing import Any

from clue_lib import files
from clue_lib.errors import MISTAKES_IN_CODE, ModelError
from clue_lib.models.reading import unreadable
from clue_lib.text import shorten


def load_tokenizer(path: Path) -> Any:
    """The tokenizer of package `tokenizers`. Raises ModelError where the file is none."""
    from tokenizers import Tokenizer

    try:
        content = files.read_bytes(path)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return Tokenizer.from_buffer(content)
    except BaseException as error:
        raise not_loaded(path, error) from None


def not_loaded(place: Path, error: BaseException) -> BaseException:
    """A tokenizer's mistake in one line of its place; any error that is none of a tokenizer's stays as it is.

    The library is written in Rust: its mistakes are of class Exception itself, and its panics are not even that.
    """
    is_own = type(error) is Exception or type(error).__name__ == "PanicException"
    if not is_own and not isinstance(error, (*MISTAKES_IN_CODE, MemoryError)):
        return error
    told = shorten(str(error), 200) or type(error).__name__
    return ModelError(f"{place}: the tokenizer can't be loaded ({told}); copy it from its base, or save it anew")
