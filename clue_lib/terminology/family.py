"""Whose a condition is: a relative's, where one is named that has it, or below "Family History:"."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from clue_lib.terminology.context import Cue, context
from clue_lib.terminology.words import Token

_SECTION_END = re.compile(r"\n[ \t]*\n|\n[A-Z][A-Za-z /]{2,40}:")


def is_ill_relative(cue: Cue, place: int, words: Sequence[str]) -> bool:
    """Whether the relative is not only a witness or beside the patient."""
    family = context().family
    end = place + len(cue.words)
    if words[end : end + 1] == [":"]:  # who tells: "Mother: coughs since Monday"
        return False
    tells = any(word in family.reporters for word in words[end : end + 2])
    before = words[max(0, place - 2) : place]
    return not tells and not any(word in family.beside for word in before)


def is_named_last(place: int, words: Sequence[str]) -> bool:
    """Whether the relative stands behind what he has: "gout in his father"."""
    return any(word in context().family.of_whom for word in words[max(0, place - 2) : place])


def in_family_sections(text: str, tokens: Sequence[Token]) -> Iterator[int]:
    """The places of tokens under "Family History:", until the next heading or an empty line."""
    ends = [match.start() for match in _SECTION_END.finditer(text)]
    section_end = -1
    for place, token in enumerate(tokens):
        if token.start < section_end:
            yield place
        elif token.text == ":" and _heads_family(tokens, place):
            after = bisect_right(ends, token.start)
            section_end = ends[after] if after < len(ends) else len(text)


def _heads_family(tokens: Sequence[Token], place: int) -> bool:
    words = [token.lower for token in tokens[max(0, place - 2) : place]]
    sections = context().family.sections
    return " ".join(words) in sections or bool(words and words[-1] in sections)
