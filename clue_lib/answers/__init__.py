"""Raw model text to `Parsed` or `Unparsed`. Pure; never raises on any text."""

from clue_lib.answers.labels import label
from clue_lib.answers.options import option
from clue_lib.terminology import icd_mentions
from clue_lib.types import Answer, Example, Parsed, Unparsed

__all__ = ["free_text", "icd_codes", "label", "option"]


def free_text(text: str, example: Example | None = None, *, is_cut: bool = False) -> Answer:
    """The text itself, without surrounding white space; what was asked does not matter."""
    stripped = text.strip()
    return Parsed(value=stripped) if stripped else Unparsed(reason="empty")


def icd_codes(text: str, example: Example | None = None, *, is_cut: bool = False) -> Answer:
    """The distinct ICD-10-CM codes that a text names, canonical, in order of first appearance; existing or not."""
    if not text.strip():
        return Unparsed(reason="empty")
    codes = tuple(dict.fromkeys(icd_mentions.mentions(text)))
    return Parsed(value=codes) if codes else Unparsed(reason="no code")
