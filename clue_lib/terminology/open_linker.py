"""The open linker: concepts by the longest terms that a text holds, offline, out of vocabularies anyone may use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clue_lib.terminology import lexicon
from clue_lib.terminology.vocabulary import VERSION
from clue_lib.terminology.words import BREAK, split, stem


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLinker:
    """Finds a vocabulary's terms in texts. Negation is not handled: "no fever" names fever.

    `path`: a lexicon file that replaces MeSH and ICD-10-CM (see `lexicon.read`).
    """

    path: Path | None = None

    @property
    def signature(self) -> str:
        """The linker and its vocabulary; loads nothing."""
        return f"linker=open-v{VERSION},{lexicon.signature(self.path)}"

    def link(self, texts: Sequence[str], *, nested: bool = False) -> list[frozenset[str]]:
        """Per text the concepts of its longest terms, and with `nested` those of the terms inside them too.

        "Acute kidney injury" is one concept; with `nested` it also holds injury. A term does not reach over the end of
        a sentence or of a list's item.
        """
        return [frozenset(filter(None, self._concepts(text, nested=nested))) for text in texts]

    def _concepts(self, text: str, *, nested: bool) -> Iterator[str]:
        written = split(text)
        words = [word if word == BREAK else stem(word) for word in written]
        start = 0
        while start < len(words):
            terms = self._terms_at(start, words, written)
            if terms and not nested:
                length, concept = terms[0]
                yield concept
                start += length
                continue
            yield from (concept for _, concept in terms)
            start += 1

    def _terms_at(self, start: int, words: list[str], written: list[str]) -> list[tuple[int, str]]:
        """The terms that begin at a word, the longest first: how many words each has, and its concept."""
        terms = lexicon.terms(self.path)
        lengths = lexicon.lengths(self.path).get(words[start], ())
        tried = [(n, " ".join(words[start : start + n])) for n in lengths]
        known = [(n, terms[term]) for n, term in tried if term in terms]
        if written[start].isupper() and written[start] in terms:
            known.append((1, terms[written[start]]))
        return known
