"""The word lists of `wordlists.toml`, checked and ready to search with."""

import functools
import re
import tomllib
from importlib.resources import files

import msgspec

WORD = re.compile(r"\w+")


class Inability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal's beginnings and the verbs that must follow; the light ones with an object."""

    beginnings: tuple[str, ...]
    verbs: tuple[str, ...]
    light_verbs: tuple[str, ...]
    objects: tuple[str, ...]


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand before a refusal, how refusals open (phrase → reason), or begin and go on."""

    apologies: tuple[str, ...]
    regrets: tuple[str, ...]
    denials: tuple[str, ...]
    openings: dict[str, str]
    inability: Inability


class Presenting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that only present an answer."""

    words: frozenset[str]


class FunctionWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Frequent words that tell languages apart."""

    english: frozenset[str]
    foreign: dict[str, frozenset[str]]


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    refusal: Refusal
    template: dict[str, str]
    presenting: Presenting
    function_words: FunctionWords


@functools.cache
def load() -> WordLists:
    """The lists, read once."""
    text = (files("clue_lib.metrics") / "wordlists.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), WordLists)


def words(text: str) -> list[str]:
    """The text's runs of letters and digits, in lower case."""
    return WORD.findall(text.casefold())
