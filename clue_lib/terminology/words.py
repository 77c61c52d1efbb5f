"""Text as the words that the open linker compares: without case, accents, punctuation, plural and British spelling."""

import re
import unicodedata
from functools import lru_cache

BREAK = ";"
"""Stands where a sentence, a list's item or a paragraph ends: no term goes on behind it."""

# A line that goes on in lower case is a wrapped one. Possessive, so that a megabyte of blanks takes linear time.
_TOKENS = re.compile(r"[^\W_]+|;|[.!?:](?=\s)|\n[ \t]*+(?![a-z])")
_APOSTROPHES = str.maketrans("", "", "'’`´")


def split(text: str) -> list[str]:
    """The words as written but without accents and apostrophes, `BREAK` between what does not belong together."""
    spelled = text if text.isascii() else _without_accents(text)
    tokens = _TOKENS.findall(spelled.translate(_APOSTROPHES))
    return [token if token[0].isalnum() else BREAK for token in tokens]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The word in lower case, singular and American spelling: "Anaemias" → "anemia". Words of 3 letters stay."""
    lower = word.lower().replace("ae", "e").replace("oe", "e")
    if len(lower) < 4 or lower.endswith(("ss", "us", "is")):
        return lower
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    return lower[:-2] if lower.endswith(("sses", "xes", "ches", "shes")) else lower.removesuffix("s")


def normalise(term: str) -> str:
    """The term as a key of a vocabulary: its stems with a blank between; "" of a term without a word."""
    return " ".join(stem(word) for word in split(term) if word != BREAK)


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
