"""Texts that end in a loop, found in time linear in their length and in any script."""

import re
from collections.abc import Sequence
from itertools import pairwise

from clue_lib.metrics import texts
from clue_lib.types import Response

MIN_COPIES = 3
MIN_LENGTH = 40
SEPARATOR = 2
"""How many characters of a full stop and a space may be missing behind the last copy."""

MOST_CHARACTERS = 20_000
"""So much of a text's end is looked at: no task lets an answer grow as long."""

_LIST_MARK = re.compile(r"^[ \t]*\d{1,4}[.)]", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_COUNTER = "\0"
_WORDS_OF_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "i ii iii iv v vi vii viii ix x xi xii",
)
_VALUES = {word: value for words in _WORDS_OF_NUMBERS for value, word in enumerate(words.split(), 1)}
# A number on its own, no decimal and no part of a code, or as a word; a letter's number only before a colon or bracket;
# a letter and a Roman number only before a full stop, bracket or colon.
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,9}(?![\w]|[.,]\d)|(?<=\b[a-z])\d{1,4}(?=[:)])|(?<![\w.])(?:[ivx]{1,4}|[a-z])(?=[.):]\s)"
    rf"|\b(?:{'|'.join(' '.join(_WORDS_OF_NUMBERS[:2]).split())})\b"
)


def repetition_loop(responses: Sequence[Response]) -> list[float]:
    """1 where the text ends in one unit at least three times in a row, together at least 40 characters long.

    After Holtzman et al. 2020 (ICLR, "The Curious Case of Neural Text Degeneration"), who count a phrase that ends a
    generation at least three times. A unit is any run of characters, not of words: Chinese and emoji have no spaces.
    Our choice of 40 characters lets "No. No. No." and short rules of dashes pass. The last copy may be cut, numbers of
    list items, closing punctuation and the width of blanks do not matter, and a number in the unit may count on from
    copy to copy ("Day 1: stable. Day 2: stable."). A loop that the model leaves again is not counted, nor one in a
    thought that it ended. The answer alone is judged, and the text with all of its turns.
    """
    return [float(_loops(response)) for response in responses]


def has_loop(text: str) -> bool:
    """Whether the text ends in a loop as `repetition_loop` defines it."""
    end = _SPACE.sub(" ", _LIST_MARK.sub("", text.casefold())).strip()
    closed = end.rstrip(" \n.!?…。\"'”’*)]}")
    ends = {end[-MOST_CHARACTERS:], closed[-MOST_CHARACTERS:]}
    return any(_period_at_end(each) for each in ends) or any(_counts_at_end(each) for each in ends)


def _loops(response: Response) -> bool:
    generation = response.generation
    if generation.has_unfinished_thought:
        return has_loop(generation.thought)
    return any(map(has_loop, {texts.with_frames(response), texts.own(response)}))


def _counts_at_end(text: str) -> bool:
    """Whether the text ends in copies that differ in numbers only, each of which counts on by the same step."""
    numbers = [_value(mark[0]) for mark in _NUMBER.finditer(text)]
    folded = _NUMBER.sub(_COUNTER, text)
    period, length = _period_and_length(folded, least=MIN_LENGTH - 2 * MIN_COPIES)
    unit = folded[len(folded) - length :][:period]
    n_counters = unit.count(_COUNTER)
    if not period or not n_counters or not any(char.isalpha() for char in unit):
        return False
    counted = numbers[len(numbers) - folded[len(folded) - length :].count(_COUNTER) :]
    columns = (counted[place::n_counters] for place in range(n_counters))
    return all(len({after - before for before, after in pairwise(column)}) <= 1 for column in columns)


def _value(mark: str) -> int:
    if mark.isdecimal():
        return int(mark)
    return _VALUES.get(mark) or ord(mark[0])


def _period_at_end(text: str) -> int:
    return _period_and_length(text, least=MIN_LENGTH)[0]


def _period_and_length(text: str, *, least: int) -> tuple[int, int]:
    """Of the shortest long enough suffix with a period of a third of it or less: the period and the length; else 0.

    By the borders of the reversed text's prefixes (Knuth, Morris and Pratt 1977).
    """
    reverse = text[::-1]
    border = [0] * len(reverse)  # of each prefix of `reverse`, the longest proper prefix that is also its suffix
    length = 0
    for i in range(1, len(reverse)):
        while length and reverse[i] != reverse[length]:
            length = border[length - 1]
        length += reverse[i] == reverse[length]
        border[i] = length
        if i + 1 >= least and (i + 1 - length) * MIN_COPIES <= i + 1 + SEPARATOR:
            return i + 1 - length, i + 1
    return 0, 0
