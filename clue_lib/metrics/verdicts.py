"""A "Yes" or "No" that begins the answer to a question, beside the reference's: the shortest claim there is."""

import re
from typing import Literal

from clue_lib.types import Example

Verdict = Literal["yes", "no", ""]

_YES = re.compile(
    r"\W*(?:yes|yeah|you (?:do|did|may|can|should|have)|he (?:does|did)|she (?:does|did))\b(?! not)\s*(?:[.,;:!]|$)",
    re.I,
)
_NO = re.compile(
    r"\W*(?:(?:no|nope)\s*(?:[.,;:!]|$)|not (?:without|at|yet)\b"
    r"|(?:you|he|she|it) (?:(?:do|did|does|may|can|should|was|were|is|are|have|has) not|cannot)\s*(?:[.,;:!]|$))",
    re.I,
)


def of_text(text: str) -> Verdict:
    """What the text begins with; "" where that is neither ("No pneumonia was seen" is a statement)."""
    if _YES.match(text):
        return "yes"
    return "no" if _NO.match(text) else ""


def of_answer(text: str, example: Example) -> Verdict:
    """What the answer begins with, of a question that the reference answers by yes or no; "" of any other."""
    return of_text(text) if of_text(str(example.gold)) else ""


def is_contradicted(text: str, example: Example) -> bool:
    """Whether the answer says yes where the reference says no, or no where it says yes."""
    own = of_answer(text, example)
    return bool(own) and own != of_text(str(example.gold))
