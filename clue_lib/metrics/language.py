"""Answers that are not English."""

import functools
import importlib.metadata
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clue_lib.metrics import texts, wordlists
from clue_lib.types import Response

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MIN_WORDS = 3
"""Words of two letters or more; of fewer no language can be told."""

SURE = 0.95
"""Probability of the other languages from which on they are taken for it; in texts with some English it stays below."""

LIKELY = 0.8
TIMES_ENGLISH = 100
"""A smaller probability is enough where English is far less likely still. Both were chosen on 14,000 English texts
(titles of ICD-10-CM, terms of MeSH, bundled data and answers), of which one is then called foreign, "Acné excoriée des
jeunes filles", and on 170 in 25 other languages, of which two are missed."""

MOST_CHARACTERS = 20_000
"""So much of a text's beginning is looked at."""

_WORDS = re.compile(r"[^\W\d_]{2,}")


def other_language(responses: Sequence[Response]) -> list[float]:
    """1 where the answer is in another language than English, or most of it.

    By script: more than half of the letters are not Latin, at any length. Else by py3langid's naive Bayes classifier
    over byte n-grams (Lui and Baldwin 2012, ACL), in texts of three or more words: what it says of the languages in
    `wordlists.toml`, added up by family. Latin is none of them, for medicine speaks it; eponyms and loan words are left
    out before. A shorter text, or a list of two or three names that English has too, goes unnoticed.
    """
    return [float(_is_foreign(texts.own(response))) for response in responses]


def tool() -> str:
    """The classifier and its version, which is its model's too."""
    return f"py3langid={importlib.metadata.version('py3langid')}"


def _is_foreign(text: str) -> bool:
    beginning = text[:MOST_CHARACTERS]
    return _is_mostly_not_latin(beginning) or _sounds_foreign(_loans().sub(" ", beginning))


def _is_mostly_not_latin(text: str) -> bool:
    if text.isascii():
        return False
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(not _is_latin(char) for char in letters) > len(letters)


@functools.lru_cache(maxsize=4096)
def _is_latin(char: str) -> bool:
    return char.isascii() or "LATIN" in unicodedata.name(char, "")


def _sounds_foreign(text: str) -> bool:
    if len(_WORDS.findall(text)) < MIN_WORDS:
        return False
    probabilities: Mapping[str, float] = dict(_classifier().rank(text))
    families = wordlists.load().languages.families.values()
    foreign = max(sum(probabilities[language] for language in family) for family in families)
    return foreign >= SURE or (foreign >= LIKELY and foreign >= TIMES_ENGLISH * probabilities["en"])


@functools.cache
def _loans() -> re.Pattern[str]:
    """Words and phrases that English texts borrow."""
    loans = sorted(wordlists.load().languages.loans, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, loans))})(?:'s)?\b", re.IGNORECASE)


@functools.cache
def _classifier() -> "LanguageIdentifier":
    """Loaded when the first text is judged: it takes a second and 100 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    lists = wordlists.load().languages
    classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    classifier.set_languages([*lists.own, *(language for family in lists.families.values() for language in family)])
    return classifier
