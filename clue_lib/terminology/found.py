"""The terms that a text was found to hold, kept for every reader: concepts and claims follow from one search.

A search takes about half of all that reading a chart's concepts, claims and numbers takes.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from clue_lib.types import withheld

Term = tuple[int, int, str]
"""Which word of the text begins it, how many words it has, and its concept: "" of a phrase that names none."""

_MOST_TERMS = 3_000_000  # 16 bytes each, so 48 MB; 10,000 charts of two pages each have about as many


@withheld
class Found:
    """A text's terms in its order; of those that one word begins the longest first. Arrays, as a chart has hundreds."""

    __slots__ = ("_concepts", "_lengths", "_starts")

    def __init__(self, terms: Iterable[Term]) -> None:
        """Lay these terms side by side."""
        listed = list(terms)
        self._starts = array("I", [start for start, _, _ in listed])
        self._lengths = array("I", [length for _, length, _ in listed])
        self._concepts = tuple(concept for _, _, concept in listed)

    def __len__(self) -> int:
        """How many terms."""
        return len(self._concepts)

    def __iter__(self) -> Iterator[Term]:
        """One after the other."""
        return zip(self._starts, self._lengths, self._concepts, strict=True)

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concept of each term."""
        return self._concepts

    def outermost(self) -> Iterator[str]:
        """The concepts of the terms that a reader takes who goes on behind each: none inside another."""
        reached = 0
        for start, length, concept in self:
            if start >= reached:
                yield concept
                reached = start + length


_known: dict[tuple[Path | None, bytes], Found] = {}
_n_known = 0


def terms_of(text: str, lexicon: Path | None, search: Callable[[str], Iterable[Term]]) -> Found:
    """The terms of a text by a lexicon, None for the vocabulary; searched for where that is not known yet.

    Texts are known by their digests. So many terms are kept that they take a bounded room, then all are forgotten.
    """
    global _n_known
    key = lexicon, blake2b(text.encode(errors="surrogatepass")).digest()
    found = _known.get(key)
    if found is not None:
        return found
    if _n_known > _MOST_TERMS:
        _known.clear()
        _n_known = 0
    found = _known[key] = Found(search(text))
    _n_known += len(found) + 1
    return found
