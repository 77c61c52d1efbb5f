"""The words that say more of a condition than its name, as `context.toml` has them."""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).with_name("context.toml")

Kind = Literal["absent", "possible", "hypothetical", "past", "now", "planned", "family", "ignored"]
Words = tuple[str, ...]


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cues of one kind: those that speak of what follows, and of what stands before, also of all of a list."""

    forward: tuple[str, ...]
    backward: tuple[str, ...] = ()
    backward_over_lists: tuple[str, ...] = ()


class FamilyWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Relatives, and what tells that one of them only reports or stands by."""

    words: tuple[str, ...]
    reporters: frozenset[str]
    of_whom: frozenset[str]
    beside: frozenset[str]
    sections: frozenset[str]


class Grades(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes before a grade, and the numerals that are no digits."""

    words: frozenset[str]
    numerals: Mapping[str, str]


class Sides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Neighbours with which "right" and "left" name no side."""

    no_right_before: frozenset[str]
    no_left_before: frozenset[str]
    no_left_after: frozenset[str]


class Beside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the words beside a name end."""

    stops: frozenset[str]
    copulas: frozenset[str]
    exacerbations: frozenset[str]


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of the body that there are two of."""

    words: frozenset[str]


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    stops: frozenset[str]
    list_ends: frozenset[str]
    near: frozenset[str]
    broad: frozenset[str]
    compounds: frozenset[str]
    between: frozenset[str]
    ignored: tuple[str, ...]
    absent: Reach
    possible: Reach
    hypothetical: Reach
    past: Reach
    now: Reach
    planned: Reach
    family: FamilyWords
    modifiers: Mapping[str, Mapping[str, tuple[str, ...]]]
    grade: Grades
    sides: Sides
    beside: Beside
    parts: Parts
    procedures: Mapping[str, tuple[str, ...]]


@functools.cache
def context() -> Context:
    """The file, read once."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Context)


class Cue(msgspec.Struct, frozen=True):
    """A phrase of the file and what it says; of what follows, of what stands before, of either or of neither."""

    words: Words
    kind: Kind
    is_forward: bool = False
    is_backward: bool = False
    is_over_lists: bool = False


Index = Mapping[str, Sequence[Cue]]
"""First word → the cues that begin with it, the longest first."""


@functools.cache
def cues() -> Index:
    """Every cue of the file. Of a phrase that may speak of either direction both are told."""
    known = context()
    reaches: tuple[tuple[Kind, Reach], ...] = (
        ("absent", known.absent),
        ("possible", known.possible),
        ("hypothetical", known.hypothetical),
        ("past", known.past),
        ("now", known.now),
        ("planned", known.planned),
    )
    all_cues = [cue for kind, reach in reaches for cue in _of(kind, reach)]
    all_cues += [Cue(tuple(phrase.split()), "ignored") for phrase in known.ignored]
    all_cues += [Cue(tuple(phrase.split()), "family", is_forward=True) for phrase in known.family.words]
    by_first: dict[str, list[Cue]] = {}
    for cue in all_cues:
        by_first.setdefault(cue.words[0], []).append(cue)
    return {first: tuple(sorted(same, key=lambda cue: -len(cue.words))) for first, same in by_first.items()}


def _of(kind: Kind, reach: Reach) -> list[Cue]:
    before = {*reach.backward, *reach.backward_over_lists}
    return [
        Cue(
            tuple(phrase.split()),
            kind,
            is_forward=phrase in reach.forward,
            is_backward=phrase in before,
            is_over_lists=phrase in reach.backward_over_lists,
        )
        for phrase in dict.fromkeys((*reach.forward, *reach.backward, *reach.backward_over_lists))
    ]


@functools.cache
def modifiers() -> Mapping[str, tuple[str, str]]:
    """Word → its dimension and value."""
    return {
        word: (dimension, value)
        for dimension, values in context().modifiers.items()
        for value, words in values.items()
        for word in words
    }


@functools.cache
def procedures() -> Mapping[str, str]:
    """Word → the procedure that it names."""
    return {word: name for name, words in context().procedures.items() for word in words}
