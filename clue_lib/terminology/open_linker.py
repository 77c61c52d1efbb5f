"""The open linker: concepts by the longest terms that a text holds, offline, out of vocabularies anyone may use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clue_lib.terminology import lexicon
from clue_lib.terminology.found import Found, Term, terms_of
from clue_lib.terminology.vocabulary import VERSION
from clue_lib.terminology.words import BREAK, COMMA, Token, folded, folding, stem, tokens
from clue_lib.types import withheld


@withheld
@dataclass(frozen=True, slots=True)
class Mention:
    """A concept that a text names, as a slice of its tokens; `is_inner` where its term begins inside another's."""

    concept: str
    start: int
    end: int
    is_inner: bool


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
        linked = []
        for text in texts:
            found = self._found(text)
            linked.append(frozenset(filter(None, found.concepts if nested else found.outermost())))
        return linked

    def mentions(self, text: str, tokens: Sequence[Token]) -> list[Mention]:
        """Where a text's concepts are named, in its order; also those of terms inside longer terms, as `is_inner`.

        `tokens` are the text's, as `words.placed` gives them. Of a text that was linked before nothing is looked up.
        """
        places = [place for place, token in enumerate(tokens) if token.text != COMMA]
        named = ((start, min(start + length, len(places)), concept) for start, length, concept in self._found(text))
        mentions: list[Mention] = []
        reached = 0
        for start, end, concept in dict.fromkeys(named):
            is_inner = start < reached
            reached = max(reached, end)
            if concept:
                mentions.append(Mention(concept, places[start], places[end - 1] + 1, is_inner))
        return mentions

    def _found(self, text: str) -> Found:
        """The terms of a text; what was linked before, for whichever reader, is not linked again."""
        return terms_of(text, self.path, self._terms)

    def _terms(self, text: str) -> Iterator[Term]:
        passage = _Passage.of_tokens(tokens(text))
        for start, word in enumerate(passage.stems):
            if word != BREAK:
                yield from ((start, length, concept) for length, concept in self._terms_at(start, passage))

    def _terms_at(self, start: int, passage: "_Passage") -> list[tuple[int, str]]:
        """The terms that begin at a word, the longest first: how many words each has, and its concept.

        Of two that are as long the one goes first that the vocabulary has word for word.
        """
        terms = lexicon.terms(self.path)
        stems, written = passage.stems, passage.written[start]
        lengths = lexicon.lengths(self.path).get(stems[start], ())
        tried = [(n, " ".join(stems[start : start + n])) for n in lengths]
        known = [(n, terms[term]) for n, term in tried if term in terms]
        if written.isupper() and written in terms:
            known.append((1, terms[written]))
        in_another_order = self._folded_at(start, passage)
        if in_another_order:
            known = sorted(known + in_another_order, key=lambda term: -term[0])
        return known

    def _folded_at(self, start: int, passage: "_Passage") -> list[tuple[int, str]]:
        """The terms that begin at a word but for the order of their words, as far as the next comma or break."""
        vocabulary, sides = lexicon.folded(self.path), folding().sides
        key = n_words = 0
        n_most = vocabulary.weights.get(folded(passage.stems[start]), (0, 0))[1]
        known: list[tuple[int, str]] = []
        for place in range(start, min(start + 2 * n_most, passage.ends[start])):
            word = folded(passage.stems[place])
            if not word or (n_words and word in sides):
                continue
            if word not in vocabulary.weights or n_words == n_most:
                break
            key += vocabulary.weights[word][0]
            n_words += 1
            if key in vocabulary.concepts:
                known.append((place + 1 - start, vocabulary.concepts[key]))
        return known


@withheld
@dataclass(frozen=True, slots=True)
class _Passage:
    """A text's words as written and their stems, and for each where its clause ends: at a comma or a break."""

    written: list[str]
    stems: list[str]
    ends: list[int]

    @classmethod
    def of_tokens(cls, marks: Sequence[str]) -> "_Passage":
        written: list[str] = []
        ends: list[int] = []
        for token in marks:
            if token in (COMMA, BREAK):
                ends += [len(written)] * (len(written) - len(ends))
            if token == BREAK:
                ends.append(len(written))
            if token != COMMA:
                written.append(token)
        ends += [len(written)] * (len(written) - len(ends))
        return cls(written, [word if word == BREAK else stem(word) for word in written], ends)
