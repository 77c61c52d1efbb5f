"""Raw model text to `Parsed` or `Unparsed`. Pure; never raises on any text."""

import re
from collections.abc import Mapping

from clue_lib import icd_mentions
from clue_lib.types import Answer, Example, Parsed, Unparsed


def label(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Answer:
    """The one label a text names; a text that names none, or two different ones, is unparsed."""
    if not text.strip():
        return Unparsed(reason="empty")
    named = [name for name, pattern in patterns.items() if pattern.search(text)]
    if len(named) == 1:
        return Parsed(value=named[0])
    return Unparsed(reason="no label" if not named else "several labels")


def free_text(text: str, example: Example | None = None) -> Answer:
    """The text itself, without surrounding white space; what was asked does not matter."""
    stripped = text.strip()
    return Parsed(value=stripped) if stripped else Unparsed(reason="empty")


def icd_codes(text: str, example: Example | None = None) -> Answer:
    """The distinct ICD-10-CM codes that a text names, canonical, in order of first appearance; existing or not."""
    if not text.strip():
        return Unparsed(reason="empty")
    codes = tuple(dict.fromkeys(icd_mentions.mentions(text)))
    return Parsed(value=codes) if codes else Unparsed(reason="no code")
