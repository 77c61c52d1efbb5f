"""The passages of a long context that hold the answer, with a few words around them."""

import msgspec

from clue_lib.text import storable
from clue_lib.types import Example
from clue_lib.types.withheld import withheld

N_AROUND = 200
"""Characters shown on either side of a passage."""

MOST = 4
"""Passages that are shown of one example."""


@withheld
class Passage(msgspec.Struct, frozen=True, array_like=True):
    """The words that hold the answer, and what stands `before` and `after` them."""

    before: str
    words: str
    after: str


def encode(example: Example) -> str:
    """The example's passages as JSON, as far as its context shows them: one that was cut away is left out."""
    return msgspec.json.encode(of(example)).decode()


def decode(text: str) -> tuple[Passage, ...]:
    """What `encode` wrote; nothing of an empty text."""
    return msgspec.json.decode(text, type=tuple[Passage, ...]) if text else ()


def of(example: Example) -> tuple[Passage, ...]:
    """Each passage where it first stands in one of the example's fields, in the passages' order."""
    found = [_found(field, words) for words in example.passages for field in example.fields.values() if words in field]
    return tuple(found[:MOST])


def _found(field: str, words: str) -> Passage:
    start = field.index(words)
    return passage(field, start, start + len(words))


def passage(text: str, start: int, end: int, n_around: int = N_AROUND) -> Passage:
    """A slice of a text, with so many characters on either side."""
    before = text[max(0, start - n_around) : start]
    after = text[end : end + n_around]
    return Passage(storable(before), storable(text[start:end]), storable(after))
