"""An example's options, ready to be looked for in a text made plain."""

import functools
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from string import ascii_uppercase

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LATEX_FONT = re.compile(r"\\(?:text[a-z]{0,2}|math[a-z]{2})\b")
_PLAIN = str.maketrans(
    dict.fromkeys('*_`~$#"“”„«»|\\{}', " ")
    | {chr(n): chr(n - 0xFEE0) for n in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("‘’", "'")
)
_QUOTE = re.compile(r"(?<!\w)'|'(?!\w)")
_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*|[<>≤≥±+%=]|^[-−](?=\d)")
_NEGATIVE = re.compile(
    r"\b(?:no|none|not|never|neither|cannot|without|un\w+|incorrect|wrong|false)\b|n't", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Options:
    """An example's options: their letters, what matches their own texts and lists of their letters, and who says no.

    `own` matches in a group named by the option's letter; `negative` are the letters of texts such as "not mentioned".
    """

    known: frozenset[str]
    own: re.Pattern[str]
    listed: re.Pattern[str]
    negative: frozenset[str]


@functools.lru_cache(maxsize=1024)
def prepared(texts: tuple[str, ...]) -> Options:
    """The options of these texts, the first being A."""
    known = ascii_uppercase[: len(texts)]
    letter = rf"[(\[]?[{known or '-'}](?![\w'-])[)\]]?"
    return Options(
        known=frozenset(known),
        own=_own_texts(texts),
        listed=re.compile(rf"{letter}(?:(?:\s?[,/&;] ?(?:(?:and|or) )?| (?:and|or) ){letter})+"),
        negative=frozenset(name for name, text in zip(known, texts, strict=False) if _NEGATIVE.search(text)),
    )


def clean(text: str) -> str:
    """The text's lines without markup, quotation marks, invisible characters, blank lines and superfluous space."""
    plain = _QUOTE.sub(" ", _LATEX_FONT.sub("", _INVISIBLE.sub("", text)).translate(_PLAIN))
    return "\n".join(filter(None, (" ".join(line.split()) for line in plain.splitlines())))


def _own_texts(options: tuple[str, ...]) -> re.Pattern[str]:
    """Matches an option's text, the longest first, in a group named by its letter. Nothing else is captured."""
    tokens = {
        letter: tuple(_TOKEN.findall(clean(text).casefold()))
        for letter, text in zip(ascii_uppercase, options, strict=False)
    }
    count = Counter(tokens.values())
    usable = {
        letter: words
        for letter, words in tokens.items()
        if count[words] == 1 and words and not (len(words) == 1 and len(words[0]) == 1 and words[0].isalpha())
    }
    longest_first = sorted(usable, key=lambda letter: -len("".join(usable[letter])))
    names = "|".join(f"(?P<{letter}>{_spaced(usable[letter])})" for letter in longest_first)
    return re.compile(rf"(?<![\w<>≤≥±+−.,-])(?:{names or '(?!)'})(?![\w%]| %|[.,]\d|'\w)", re.IGNORECASE)


def _spaced(words: tuple[str, ...]) -> str:
    """A pattern of the words with punctuation or space between them; a sign may also touch its number."""
    pattern = re.escape(words[0])
    for before, word in itertools.pairwise(words):
        n_least = int(before[-1].isalnum() and word[0].isalnum())
        pattern += rf"[^\w<>≤≥±+%=]{{{n_least},4}}" + re.escape(word)
    return pattern
