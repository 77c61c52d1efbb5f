"""The word lists of `wordlists.toml`, checked and ready to search with."""

import functools
import re
import tomllib
from importlib.resources import files

import msgspec

WORD = re.compile(r"\w+")


class Inability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal's beginnings and the verbs that must follow; the light ones with an object, the bare with nothing.

    `beyond`, then one of the `abilities`, says that something goes beyond the model.
    """

    beginnings: tuple[str, ...]
    verbs: tuple[str, ...]
    light_verbs: tuple[str, ...]
    objects: tuple[str, ...]
    bare: tuple[str, ...]
    beyond: tuple[str, ...]
    abilities: tuple[str, ...]


class Nature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model says what it is: a beginning, and what it calls itself within the next words."""

    beginnings: tuple[str, ...]
    natures: tuple[str, ...]


class Courtesy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand before a refusal: beginnings of sentences and clauses; see the file."""

    sentences: tuple[str, ...]
    clauses: tuple[str, ...]
    conceding: tuple[str, ...]


class Reporting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sentences begin that tell of someone else."""

    beginnings: tuple[str, ...]


class Impersonal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Refusals without an "I": phrases, and what is said to lack which things."""

    phrases: tuple[str, ...]
    lacks: tuple[str, ...]
    lacked: tuple[str, ...]


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand before a refusal, how refusals open (phrase → reason), or begin and go on."""

    apologies: tuple[str, ...]
    regrets: tuple[str, ...]
    denials: tuple[str, ...]
    openings: dict[str, str]
    nature: Nature
    inability: Inability
    courtesy: Courtesy
    reporting: Reporting
    impersonal: Impersonal


class Presenting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that only present an answer, a label or codes; and those by which a line tells something."""

    words: frozenset[str]
    around_labels: frozenset[str]
    heads: frozenset[str]
    telling: frozenset[str]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Marks of chat formats (mark → whose it is), and the words that name who speaks; see the file."""

    marks: dict[str, str]
    headers: tuple[str, ...]
    spoken: tuple[str, ...]
    alone: tuple[str, ...]
    roles: tuple[str, ...]
    begin_words: tuple[str, ...]
    instructing: tuple[str, ...]
    used: frozenset[str]


class Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that any text has."""

    words: frozenset[str]


class Languages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Languages that are no failure, the others by family, and what English texts borrow from them."""

    own: tuple[str, ...]
    families: dict[str, tuple[str, ...]]
    loans: tuple[str, ...]


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    refusal: Refusal
    template: Template
    presenting: Presenting
    common: Common
    languages: Languages


@functools.cache
def load() -> WordLists:
    """The lists, read once."""
    text = (files("clue_lib.metrics") / "wordlists.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), WordLists)


def words(text: str) -> list[str]:
    """The text's runs of letters and digits, in lower case."""
    return WORD.findall(text.casefold())
