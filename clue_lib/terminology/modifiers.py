"""What the words in and beside a name say of it: side, course, severity, size, trend, grade."""

from collections.abc import Collection, Iterator, Sequence

from clue_lib.terminology.context import context, modifiers
from clue_lib.terminology.words import COMMA, Token

Value = tuple[str, str]
"""A dimension and its value, such as ("side", "left")."""

_WIDTH = 5  # words beside a name that may speak of it
_ACUTE_ON_CHRONIC = ("acute", "on", "chronic")


def values(tokens: Sequence[Token], start: int, end: int, taken: Collection[int]) -> frozenset[Value]:
    """What is said of the name at this slice of the tokens; `taken` are the places of all names."""
    found = {*_inside(tokens, start, end), *_before(tokens, start, taken), *_behind(tokens, end, taken)}
    sides = {value for dimension, value in found if dimension == "side"}
    if {"left", "right"} <= sides:
        found = {value for value in found if value[0] != "side"} | {("side", "both")}
    return frozenset(found)


def side_before(tokens: Sequence[Token], start: int, taken: Collection[int]) -> frozenset[Value]:
    """The side of a part of the body, which is told just before it."""
    return frozenset(value for value in _before(tokens, start, taken) if value[0] == "side")


def word_value(tokens: Sequence[Token], place: int) -> Value | None:
    """What one word says, None if nothing: "right" says no side in "right away"."""
    written = tokens[place].text
    if written in ("L", "R"):
        return _letter_side(tokens, place)
    value = modifiers().get(tokens[place].lower)
    if value is None or not _is_real(tokens, place, value):
        return None
    return value


def _is_real(tokens: Sequence[Token], place: int, value: Value) -> bool:
    before = tokens[place - 1].lower if place else ""
    behind = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    word = tokens[place].lower
    sides, beside = context().sides, context().beside
    if word == "right":
        return behind not in sides.no_right_before and before != "all"
    if word == "left":
        is_verb = before in sides.no_left_after or (behind in sides.no_left_before and before not in ("the", "on"))
        return not is_verb
    if word == "both":
        return behind not in ("of", "the", "were", "are") or tokens[place - 1].lower == "on"
    if value[0] == "course":
        return behind not in beside.exacerbations
    return True


def _letter_side(tokens: Sequence[Token], place: int) -> Value | None:
    """The side that "L" or "R" names before a word; "4 L" are liters."""
    before = tokens[place - 1].text if place else ""
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    is_side = behind[:1].isalpha() and behind != "NC" and not before[:1].isdigit()
    return ("side", "left" if tokens[place].text == "L" else "right") if is_side else None


def _inside(tokens: Sequence[Token], start: int, end: int) -> Iterator[Value]:
    for place in range(start, end):
        yield from _at(tokens, place)


def _at(tokens: Sequence[Token], place: int) -> Iterator[Value]:
    """What the word says, and the grade that it is."""
    if not tokens[place].is_word:
        return
    value = word_value(tokens, place)
    if value is not None:
        yield value
    grade = context().grade
    if place and tokens[place - 1].lower in grade.words:
        numeral = tokens[place].lower
        plain = numeral.rstrip("abc") or numeral
        number = grade.numerals.get(plain, plain)
        if number.isdigit() and len(number) == 1:
            yield "grade", number


def _before(tokens: Sequence[Token], start: int, taken: Collection[int]) -> Iterator[Value]:
    stops = context().beside.stops
    for place in range(start - 1, max(-1, start - 1 - _WIDTH), -1):
        token = tokens[place]
        word = token.lower
        if not token.is_word or place in taken or word in stops:
            return
        if word in ("in", "of", "on") and not _is_acute_on_chronic(tokens, place):
            return
        yield from _at(tokens, place)


def _is_acute_on_chronic(tokens: Sequence[Token], place: int) -> bool:
    return tuple(token.lower for token in tokens[max(0, place - 1) : place + 2]) == _ACUTE_ON_CHRONIC


def _behind(tokens: Sequence[Token], end: int, taken: Collection[int]) -> Iterator[Value]:
    """Up to a word that begins something else: "of the left wrist", "is mild", and behind a comma "acute"."""
    context_words = context().beside
    n_commas = 0
    for place in range(end, min(len(tokens), end + 1 + _WIDTH)):
        token = tokens[place]
        word = token.lower
        if token.text == COMMA:
            n_commas += 1
            if n_commas > 1 or not _is_modifier_behind(tokens, place + 1):
                return
            continue
        if not token.is_word or (place in taken and not _is_part(word)) or word in context_words.stops:
            return
        if n_commas and place > end + 1 and word not in ("on", "acute", "chronic", "stage", "grade"):
            found = list(_at(tokens, place))
            if not found:
                return
            yield from found
            continue
        yield from _at(tokens, place)


def _is_part(word: str) -> bool:
    return word in context().parts.words


def _is_modifier_behind(tokens: Sequence[Token], place: int) -> bool:
    """Whether a comma is followed by a word that speaks of the name before it, and by nothing that it speaks of."""
    if place >= len(tokens) or not tokens[place].is_word:
        return False
    is_grade = tokens[place].lower in context().grade.words
    if word_value(tokens, place) is None and not is_grade:
        return False
    further = tokens[place + 1 : place + 4]
    for token in further:
        word = token.lower
        if not token.is_word:
            return True
        if word in modifiers() or _is_part(word) or word in ("on", *context().grade.numerals) or word.isdigit():
            continue
        return word in context().beside.stops or word in ("at", "in")
    return True
