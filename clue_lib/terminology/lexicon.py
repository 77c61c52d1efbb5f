"""Where the open linker's terms are read from: the vocabulary, stored once it was built, or a lexicon file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import filelock
import platformdirs

from clue_lib import digests, raw, sealed
from clue_lib.errors import DataError
from clue_lib.terminology.vocabulary import ABBREVIATIONS, VERSION, build, package_versions, with_abbreviations
from clue_lib.terminology.words import FOLDING, fold, folding, normalise

_FORMAT = "clue-gate vocabulary 1"

Terms = Mapping[str, str]
"""Normalised term → concept id, "" for a phrase that names none."""


MOST_FOLDED = 6
"""Words of the longest term whose words are found in another order: longer ones are titles, which nobody turns."""


def signature(lexicon: Path | None = None) -> str:
    """The vocabulary's packages and versions or the lexicon's digest, and the abbreviations'; loads nothing."""
    if lexicon:
        source = f"lexicon={digests.of_file(_existing(lexicon))[:8]}"
    else:
        source = ",".join(f"{package}={version}" for package, version in package_versions().items())
    own = digests.of_value([digests.of_file(path) for path in (ABBREVIATIONS, FOLDING)])
    return f"{source},abbreviations={own[:8]}"


@lru_cache(maxsize=2)
def terms(lexicon: Path | None = None) -> Terms:
    """The terms of MeSH, ICD-10-CM and clinicians; those of the first two replaced by the lexicon's where one is given.

    What was built is stored in the user's cache, under a name that changes with the packages and abbreviations.
    """
    if lexicon:
        return with_abbreviations(read(lexicon))
    inputs = digests.of_value((VERSION, package_versions(), digests.of_file(ABBREVIATIONS), digests.of_file(FOLDING)))
    return _stored(platformdirs.user_cache_path("clue-gate") / "concepts" / f"{inputs[:24]}.json", inputs)


@lru_cache(maxsize=2)
def lengths(lexicon: Path | None = None) -> Mapping[str, tuple[int, ...]]:
    """First word → how many words the terms have that begin with it, the longest first."""
    lengths_of: dict[str, set[int]] = {}
    for term in terms(lexicon):
        words = term.split(" ")
        lengths_of.setdefault(words[0], set()).add(len(words))
    return {word: tuple(sorted(counts, reverse=True)) for word, counts in lengths_of.items()}


@dataclass(frozen=True, slots=True)
class Folded:
    """The terms without the order of their words: those of 2 to `MOST_FOLDED` words that fold to one concept.

    A term's key is the sum of its words' weights, numbers of 64 bits drawn by the words' digests: the same in any
    order, one addition for each further word of a text, and no two keys are equal but by a chance of 1 in 10^9.
    `weights` holds the words that a term has, and of each how many words the longest such term has.
    """

    concepts: Mapping[int, str]
    weights: Mapping[str, tuple[int, int]]


@lru_cache(maxsize=2)
def folded(lexicon: Path | None = None) -> Folded:
    """The terms of a vocabulary, folded."""
    weights: dict[str, tuple[int, int]] = {}
    concepts: dict[int, set[str]] = {}
    for term, concept in terms(lexicon).items():
        words = fold(term.split(" "))
        if 2 <= len(words) <= MOST_FOLDED and not folding().sides.intersection(words):
            for word in words:
                weight, longest = weights.get(word) or (_weight(word), 0)
                weights[word] = weight, max(longest, len(words))
            concepts.setdefault(sum(weights[word][0] for word in words), set()).add(concept)
    return Folded({key: next(iter(named)) for key, named in concepts.items() if len(named) == 1}, weights)


def _weight(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())


def read(path: Path) -> dict[str, str]:
    """The terms of a lexicon: lines of term, tab, concept ids with "|" between, below a header; plain or gzip.

    Of several ids of a term the one that names most terms counts, so that a term is one concept. Raises DataError, also
    for what `raw.text_lines` refuses.
    """
    lines = enumerate(raw.text_lines(_existing(path)), 1)
    rows = [_row(line, place=f"{path}:{number}") for number, line in lines if number > 1]
    n_terms = Counter(concept for _, concepts in rows for concept in concepts)
    return {term: max(concepts, key=lambda concept: (n_terms[concept], concept)) for term, concepts in rows if term}


def _row(line: str, *, place: str) -> tuple[str, list[str]]:
    term, _, concepts = line.rstrip("\r\n").partition("\t")
    if not concepts:
        raise DataError(f"{place}: no concept id; a line of a lexicon is term, tab, ids with | between")
    return normalise(term), concepts.split("|")


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"{path}: no such lexicon; name a file of term, tab, ids with | between")
    return path


def _stored(path: Path, inputs: str) -> Terms:
    stored = sealed.known(path, dict[str, str], format=_FORMAT, inputs=inputs)
    if stored:
        return stored
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock")):
            return _read_or_built(path, inputs)
    except OSError:  # a cache that can't be written costs some seconds a run, no more
        return build()


def _read_or_built(path: Path, inputs: str) -> Terms:
    """As another process may have left it meanwhile, which said what was wrong with it."""
    try:
        stored = sealed.read(path, dict[str, str], format=_FORMAT, inputs=inputs)
    except sealed.SealError:
        stored = None
    if stored:
        return stored
    built = build()
    sealed.keep(path, built, format=_FORMAT, inputs=inputs)
    return built
