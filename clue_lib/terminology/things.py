"""What a number is a number of: the words before it in its sentence, and what "of" names behind it."""

import re
from collections.abc import Iterator

from clue_lib.terminology.quantities import Quantity, table, units

_DIRECT = re.compile(r"([A-Za-z][A-Za-z0-9\-]+)[ :]{1,2}$")
_THING = re.compile(r"[A-Za-z][A-Za-z0-9\-]*[A-Za-z0-9]")
_OF = re.compile(r"\s+of\s+(?:the\s+|your\s+)?([A-Za-z][A-Za-z\-]+)|\s+([A-Za-z][A-Za-z\-]+)")


def things_before(text: str, quantity: Quantity, *, n_most: int) -> Iterator[str]:
    """The words before a number within its sentence, the nearest first, that may say what it is a number of."""
    start = max(0, quantity.start - 160)
    passage = text[start : quantity.start]
    cut = max(passage.rfind(mark) for mark in ("\n", ". ", "; ", "? ", "! "))
    if (direct := _DIRECT.search(passage)) and direct[1].lower() not in table().no_things:
        cut = max(cut, *(passage.rfind(mark, 0, direct.start()) for mark in (", ", " and ")))
    words = [word.lower() for word in _THING.findall(passage[cut + 1 :])]
    named = [word for word in words if word not in table().no_things and word not in units()]
    yield from reversed(named[-n_most:])


def things_behind(text: str, quantity: Quantity) -> Iterator[str]:
    """What "of" names behind a number: "20 mg of lisinopril", or a word directly behind it."""
    passage = text[quantity.end : quantity.end + 40]
    match = _OF.match(passage)
    word = (match[1] or match[2]).lower() if match else ""
    if word and word not in table().no_things:
        yield word
