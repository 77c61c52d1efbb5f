"""Answers that are not English."""

import functools
import re
import unicodedata
from collections.abc import Sequence

from clue_lib.metrics import wordlists
from clue_lib.types import Response

MIN_WORDS = 10
MIN_HITS = 3
_LETTERS = re.compile(r"[^\W\d_]+")


def other_language(responses: Sequence[Response]) -> list[float]:
    """1 where most letters are of another script, or the function words are another language's.

    By script: more than half of the letters are not Latin, at any length. By words, in texts of 10 or more: at least
    three, and a tenth of all, are function words of one other language, and more than are English ones (small words as
    evidence: Grefenstette 1995, "Comparing two language identification schemes"). The lists cover 15 languages in Latin
    script; another one, or a shorter text, goes unnoticed. A list of problems without any function word is no failure.
    """
    return [float(_is_mostly_not_latin(text) or _has_foreign_words(text)) for text in _texts(responses)]


def _texts(responses: Sequence[Response]) -> list[str]:
    return [response.generation.text for response in responses]


def _is_mostly_not_latin(text: str) -> bool:
    if text.isascii():
        return False
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(not _is_latin(char) for char in letters) > len(letters)


@functools.lru_cache(maxsize=4096)
def _is_latin(char: str) -> bool:
    return char.isascii() or "LATIN" in unicodedata.name(char, "")


def _has_foreign_words(text: str) -> bool:
    lists = wordlists.load().function_words
    words = _LETTERS.findall(text.casefold())
    if len(words) < MIN_WORDS:
        return False
    n_english = sum(word in lists.english for word in words)
    n_foreign = max(sum(word in of_language for word in words) for of_language in lists.foreign.values())
    return n_foreign > n_english and n_foreign >= max(MIN_HITS, len(words) / 10)
