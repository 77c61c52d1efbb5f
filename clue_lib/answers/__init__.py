"""Raw model text to `Parsed` or `Unparsed`. Pure; never raises on any text."""

from clue_lib.answers.codes import icd_codes
from clue_lib.answers.labels import label
from clue_lib.answers.options import option
from clue_lib.answers.plain import normalise
from clue_lib.answers.plain import plain as plain_turns
from clue_lib.answers.texts import free_text

__all__ = ["free_text", "icd_codes", "label", "option", "plain_text", "plain_turns"]


def plain_text(text: str) -> str:
    """What of a model's text is its answer, in the plain form in which it is read; "" while it was still thinking."""
    normal = normalise(text)
    return normal.text if normal else ""
