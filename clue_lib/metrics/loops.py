"""Texts that end in a loop, found in time linear in their length and in any script."""

import re
from collections.abc import Sequence

from clue_lib.types import Response

MIN_COPIES = 3
MIN_LENGTH = 40
SEPARATOR = 2
"""How many characters of a full stop and a space may be missing behind the last copy."""

_LIST_MARK = re.compile(r"^[ \t]*\d{1,4}[.)]", re.MULTILINE)


def repetition_loop(responses: Sequence[Response]) -> list[float]:
    """1 where the text ends in one unit at least three times in a row, together at least 40 characters long.

    After Holtzman et al. 2020 (ICLR, "The Curious Case of Neural Text Degeneration"), who count a phrase that ends a
    generation at least three times. A unit is any run of characters, not of words: Chinese and emoji have no spaces.
    Our choice of 40 characters lets "No. No. No." and short rules of dashes pass. The last copy may be cut, numbers of
    list items and closing punctuation do not matter. A loop that the model leaves again is not counted.
    """
    return [float(has_loop(response.generation.text)) for response in responses]


def has_loop(text: str) -> bool:
    """Whether the text ends in a loop as `repetition_loop` defines it."""
    end = _LIST_MARK.sub("", text.casefold()).strip()
    closed = end.rstrip(" \n.!?…。\"'”’*)]}")
    return _is_periodic_at_end(end) or (closed != end and _is_periodic_at_end(closed))


def _is_periodic_at_end(text: str) -> bool:
    """Whether a long enough suffix has a period of a third of it or less (Knuth, Morris and Pratt 1977)."""
    reverse = text[::-1]
    border = [0] * len(reverse)  # of each prefix of `reverse`, the longest proper prefix that is also its suffix
    length = 0
    for i in range(1, len(reverse)):
        while length and reverse[i] != reverse[length]:
            length = border[length - 1]
        length += reverse[i] == reverse[length]
        border[i] = length
        if i + 1 >= MIN_LENGTH and (i + 1 - length) * MIN_COPIES <= i + 1 + SEPARATOR:
            return True
    return False
