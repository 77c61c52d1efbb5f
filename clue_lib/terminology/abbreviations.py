"""What clinicians' abbreviations stand for, as `abbreviations.toml` has them."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("abbreviations.toml")


@functools.cache
def meanings() -> Mapping[str, str]:
    """Abbreviation in lower case → what it stands for."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pairs = table["any_case"] | table["upper_case"]
    return {short.lower(): meaning for short, meaning in pairs.items()}


def n_words(word: str) -> int:
    """How many words the abbreviation stands for; 1 where the word is none."""
    return len(meanings().get(word.lower(), word).split())
