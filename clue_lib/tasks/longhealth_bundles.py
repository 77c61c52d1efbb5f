"""Which of a patient's questions are shown the same letters, and how much of each letter. Pure: lengths, no texts.

An engine reads a prompt's beginning once for all prompts that begin so: the fewer contexts a patient's questions have,
the less is read. Lengths are in reference tokens and include each letter's heading where that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clue_lib.datasets.reference_tokenizer import leveled

LEAST_SHOWN = 40
"""Tokens below which the beginning of a letter is not worth its heading: the room then stays empty."""

IDLE = 1 / 20
"""The share of the room that may stay empty around inserted letters, so that more questions share a beginning."""

INSERTED = 1 / 2
"""The share of the room that a bundle's letters may take among others' letters: among less nothing is hidden."""

MOST_INSERTED = 3 / 4
"""The share that the letters of one question may take; where they need more, it is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Questions that are shown the same letters: the `letters` with their answers whole. Both by their places."""

    letters: frozenset[int]
    questions: tuple[int, ...]


def bundled(
    evidence: Sequence[Sequence[int]], lengths: Sequence[int], room: float, most: float | None = None
) -> list[Bundle]:
    """The questions in bundles whose letters fit the room; a question whose own letters exceed it is in none.

    `evidence` holds for each question the letters with its answer, `lengths` those of the letters with their headings.
    The questions that need most come first; each joins the bundle that grows least by it. Where `most` is given, a
    question of whose letters alone that is true may need so much.
    """
    needs = [sum(lengths[letter] for letter in set(letters)) for letters in evidence]
    bundles: list[Bundle] = []
    for question in sorted(range(len(evidence)), key=lambda number: (-needs[number], number)):
        if needs[question] > (room if most is None else most):
            continue
        wanted = frozenset(evidence[question])
        growth = {}
        for i, each in enumerate(bundles):
            added = sum(lengths[letter] for letter in wanted - each.letters)
            if added == 0 or added + sum(lengths[letter] for letter in each.letters) <= room:
                growth[i] = added
        if not growth:
            bundles.append(Bundle(letters=wanted, questions=(question,)))
            continue
        best = min(growth, key=lambda i: (growth[i], i))
        joined = bundles[best]
        bundles[best] = Bundle(letters=joined.letters | wanted, questions=(*joined.questions, question))
    return bundles


def filled(order: Sequence[int], lengths: Sequence[int], whole: frozenset[int], room: int) -> dict[int, int]:
    """How much of each letter is shown, by its place and in the order given; letters that get nothing are absent.

    Those of `whole` are shown whole, and the others take what is left, one after the other. All with their headings.
    """
    left = room - sum(lengths[letter] for letter in whole)
    shown: dict[int, int] = {}
    for letter in order:
        if letter in whole:
            shown[letter] = lengths[letter]
            continue
        taken = min(lengths[letter], left)
        if taken == lengths[letter] or taken >= LEAST_SHOWN:
            shown[letter] = taken
            left -= taken
    return shown


def surrounded(lengths: Sequence[int], place: int, needs: Sequence[int], room: int) -> list[tuple[int, ...]]:
    """How much of each of others' letters is shown around what each bundle inserts.

    `needs` is what is inserted at `place` for each bundle, at most the room. Letters before the place are cut alike for
    as many bundles as leave little of the room empty, so that these share their prompts' beginning; those behind it
    take what is left.
    """
    shown: dict[int, tuple[int, ...]] = {}
    before: list[int] | None = None
    for bundle in sorted(range(len(needs)), key=lambda number: (-needs[number], number)):
        left = room - needs[bundle]
        if before is None or _is_idle(before, lengths, left, IDLE * room):
            before = leveled(lengths, left)[:place]
        shown[bundle] = (*before, *leveled(lengths[place:], left - sum(before)))
    return [shown[bundle] for bundle in range(len(needs))]


def _is_idle(before: Sequence[int], lengths: Sequence[int], left: int, most: float) -> bool:
    """Whether more than `most` tokens would stay empty though a letter before the place was cut."""
    place = len(before)
    is_cut = sum(before) < sum(lengths[:place])
    behind = sum(leveled(lengths[place:], left - sum(before)))
    return is_cut and left - sum(before) - behind > most
