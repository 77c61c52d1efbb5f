"""Text as the words that the open linker compares: without case, accents, punctuation, plural and British spelling."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clue_lib.types import withheld

FOLDING = Path(__file__).with_name("words.toml")

BREAK = ";"
"""Stands where a sentence, a list's item or a paragraph ends: no term goes on behind it."""

COMMA = ","
"""Stands for a comma: behind it a term goes on only word for word as the vocabulary has it."""

# A line that goes on in lower case is a wrapped one, and "C. difficile" no end of a sentence. Possessive, so that a
# megabyte of blanks takes linear time.
_TOKENS = re.compile(r"[^\W_]+|[;,]|[!?:](?=\s)|(?<!\b[A-Z])\.(?=\s)|(?<=\b[A-Z])\.(?=\s[^a-z])|\n[ \t]*+(?![a-z])")
_MARKS = frozenset("'’`´")
_APOSTROPHES = str.maketrans("", "", "'’`´")


def split(text: str) -> list[str]:
    """The words as written but without accents and apostrophes, `BREAK` between what does not belong together."""
    return [token for token in tokens(text) if token != COMMA]


def tokens(text: str) -> list[str]:
    """The words as `split` gives them, and `COMMA` for each comma between them."""
    spelled = text if text.isascii() else _without_accents(text)
    found = _TOKENS.findall(spelled.translate(_APOSTROPHES))
    return [token if token[0].isalnum() or token == COMMA else BREAK for token in found]


class Folding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two names of one condition may differ in: `words.toml`.

    `singular` holds plurals that no rule makes (→ singular), `same` words that mean the same within a longer term
    (→ the one that stands for both), `little` words that join the others, `sides` those that a text may add.
    """

    singular: Mapping[str, str]
    same: Mapping[str, str]
    little: frozenset[str]
    sides: frozenset[str]


@cache
def folding() -> Folding:
    """The file, read once."""
    table = tomllib.loads(FOLDING.read_text(encoding="utf-8"))
    return msgspec.convert(table, Folding)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word in lower case, singular and American spelling: "Anaemias" → "anemia". Words of 3 letters stay."""
    lower = word.lower().replace("ae", "e").replace("oe", "e")
    irregular = folding().singular.get(lower)
    if irregular is not None:
        return irregular
    if len(lower) < 4 or lower.endswith(("ss", "us", "is")):
        return lower
    if len(lower) > 7 and lower.endswith(("oses", "yses", "eses", "stases")):
        return lower[:-2] + "is"
    if lower.endswith("itides"):
        return lower[:-4] + "s"
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    return lower[:-2] if lower.endswith(("sses", "xes", "ches", "shes")) else lower.removesuffix("s")


def fold(stems: Iterable[str]) -> list[str]:
    """The stems without little words, and those of the same meaning made one."""
    return [word for word in map(folded, stems) if word]


@lru_cache(maxsize=1 << 16)
def folded(stem: str) -> str:
    """The word that stands for a stem and all of its meaning; "" for a little word."""
    known = folding()
    return "" if stem in known.little else known.same.get(stem, stem)


def normalise(term: str) -> str:
    """The term as a key of a vocabulary: its stems with a blank between; "" of a term without a word."""
    return " ".join(stem(word) for word in split(term) if word != BREAK)


@withheld
class Token(NamedTuple):
    """A word without accents and apostrophes, or the mark between two, and where in the text it stands, as a slice.

    `lower` is its text in lower case; `is_word` of a word or a number. A tuple, since a chart has thousands: a frozen
    dataclass takes three times as long to make.
    """

    text: str
    lower: str
    start: int
    end: int
    is_word: bool


def placed(text: str) -> list[Token]:
    """The words of `tokens` with their places, and each mark between them as it is written."""
    spelled, places = _spelled(text)
    found = []
    for match in _TOKENS.finditer(spelled):
        word = match[0]
        start, end = match.span()
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        found.append(Token(word, word.lower(), start, end, word[0].isalnum()))
    return found


def _spelled(text: str) -> tuple[str, Sequence[int] | None]:
    """The text without accents and apostrophes, and where each of its characters stood; None where nothing moved."""
    if text.isascii():
        if "'" not in text and "`" not in text:
            return text, None
        return text.translate(_APOSTROPHES), [place for place, char in enumerate(text) if char not in "'`"]
    kept = [
        (plain, place)
        for place, char in enumerate(text)
        for plain in (char if char.isascii() else _without_accents(char))
        if plain not in _MARKS
    ]
    return "".join(plain for plain, _ in kept), [place for _, place in kept]


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
