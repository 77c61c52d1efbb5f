"""An example's options, ready to be looked for in a plain text."""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from clue_lib.answers.plain import plain
from clue_lib.types import withheld

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[<>≤≥±+%=]|^-(?=\d)")
_NEGATIVE = re.compile(
    r"\b(?:no|none|not|never|neither|cannot|without|un\w+|incorrect|wrong|false)\b|n't", re.IGNORECASE
)


@withheld
@dataclass(frozen=True, slots=True)
class Options:
    """An example's options: their letters, what matches their own texts, and who says no.

    `own` matches in a group named by the option's letter; `negative` are the letters of texts such as "not mentioned",
    `begun` of those with which another option's text begins.
    """

    letters: str
    own: re.Pattern[str]
    negative: frozenset[str]
    begun: frozenset[str]


@functools.lru_cache(maxsize=1024)
def prepared(texts: tuple[str, ...]) -> Options:
    """The options of these texts, the first being A."""
    letters = ascii_uppercase[: len(texts)]
    words = {letter: _words(text) for letter, text in zip(letters, texts, strict=False)}
    return Options(
        letters=letters,
        own=_own_texts(words),
        negative=frozenset(name for name, text in zip(letters, texts, strict=False) if _NEGATIVE.search(text)),
        begun=frozenset(
            name for name in words for other in words.values() if words[name] == other[: len(words[name])] != other
        ),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(plain(text).casefold()))


def _own_texts(words: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Matches an option's text, the longest first, in a group named by its letter. Nothing else is captured.

    A text that two options share, or of one letter, is not looked for.
    """
    count = Counter(words.values())
    usable = {letter: found for letter, found in words.items() if count[found] == 1 and _is_usable(found)}
    longest_first = sorted(usable, key=lambda letter: -len("".join(usable[letter])))
    names = "|".join(f"(?P<{letter}>{_spaced(usable[letter])})" for letter in longest_first)
    return re.compile(
        rf"(?<![\w<>≤≥±+-])(?:(?<![.,])|(?=\D))(?:{names or '(?!)'})(?![\w%]| %|[.,]\d|'\w)", re.IGNORECASE
    )


def _is_usable(words: tuple[str, ...]) -> bool:
    return bool(words) and not (len(words) == 1 and len(words[0]) == 1 and words[0].isalpha())


def _spaced(words: tuple[str, ...]) -> str:
    """A pattern of the words with punctuation or space between them; a number or sign may also touch the next."""
    pattern = re.escape(words[0])
    for before, word in itertools.pairwise(words):
        is_apart = (before[-1].isalpha() and word[0].isalpha()) or (before[-1].isdigit() and word[0].isdigit())
        pattern += rf"[^\w<>≤≥±+%=]{{{int(is_apart)},4}}" + re.escape(word)
    return pattern
