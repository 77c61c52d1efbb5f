"""The frames of turns that models are known to write, from `frames.toml`."""

import functools
import tomllib
from importlib.resources import files

import msgspec


class Turns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Special tokens by whose turn they begin, the words for roles, and ordinary words that end in one of these."""

    user: tuple[str, ...]
    assistant: tuple[str, ...]
    end: tuple[str, ...]
    user_roles: tuple[str, ...]
    assistant_roles: tuple[str, ...]
    glued_roles: tuple[str, ...]
    spoken_roles: tuple[str, ...]
    words: tuple[str, ...]


@functools.cache
def load() -> Turns:
    """The file, read once."""
    text = files(__package__).joinpath("frames.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Turns)
