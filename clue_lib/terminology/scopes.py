"""What the cues of a text say of each of its words: whether it is there, when, and whose it is.

One pass forward and one backward, so that the time grows with the text's length alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clue_lib.terminology.context import Cue, Kind, context, cues
from clue_lib.terminology.family import in_family_sections, is_ill_relative, is_named_last
from clue_lib.terminology.words import COMMA, Token
from clue_lib.types import withheld

POLARITIES: frozenset[Kind] = frozenset({"absent", "possible", "hypothetical"})
TIMES: frozenset[Kind] = frozenset({"past", "now", "planned"})

_COLON = ":"
_DIRECT = 2  # words behind a cue within which no stop ends its reach: "does not have", "denies having had"
_NEAR = 3  # words that a plain "not" speaks of
_SHORT = 4  # words of a further name in a list: "no fever, cough, shortness of breath"
_BEHIND = frozenset({"by", "on", "at", "after", "via", "and", "but", "with", "in", "during", "from", "now", "to"})


@withheld
@dataclass(slots=True)
class Said:
    """What is said of each token, "" where nothing is: its polarity, its time and, if a relative has it, "family"."""

    polarity: list[str]
    time: list[str]
    family: list[str]


@withheld
@dataclass(slots=True)
class _Reach:
    """The cues that reach the place where a pass is: kind → where its cue ended."""

    polarity: tuple[Kind, int] | None = None
    time: tuple[Kind, int] | None = None
    family: int | None = None
    cue_end: int = field(default=-1)
    near: int = 0

    def take(self, cue: Cue, end: int) -> None:
        """Begin to reach on from a cue."""
        self.cue_end = end
        if cue.kind in POLARITIES:
            self.near = end + _NEAR if " ".join(cue.words) in context().near else 0
            is_weaker = cue.kind == "possible" and self.polarity and self.polarity[0] == "absent"
            self.polarity = self.polarity if is_weaker else (cue.kind, end)
        elif cue.kind in TIMES:
            self.time = cue.kind, end
        elif cue.kind == "family":
            self.family = end

    def end_all(self) -> None:
        """Nothing reaches on: the sentence is over."""
        self.polarity = self.time = self.family = None


@withheld
@dataclass(frozen=True, slots=True)
class _Text:
    """A text's words in lower case, with the next comma, "or" and end of sentence of each."""

    words: list[str]
    next_comma: list[int]
    next_or: list[int]


def said(text: str, tokens: Sequence[Token]) -> Said:
    """What the text's cues say of each of its tokens."""
    words = [token.lower for token in tokens]
    found = dict(_found(words, tokens))
    known = Said(polarity=[""] * len(words), time=[""] * len(words), family=[""] * len(words))
    _forward(_Text(words, *_ahead(words, tokens)), tokens, found, known)
    _backward(words, tokens, found, known)
    _questions(text, tokens, known)
    for place in in_family_sections(text, tokens):
        known.family[place] = "family"
    return known


def _found(words: Sequence[str], tokens: Sequence[Token]) -> Iterator[tuple[int, Cue]]:
    """Where each cue begins; of two that begin at one word the longer."""
    index = cues()
    reached = 0
    for place, word in enumerate(words):
        known = index.get(word)  # of most words there is none
        if known is None or place < reached:
            continue
        cue = next((cue for cue in known if _stands(cue, words, place)), None)
        if cue is not None and not _is_month(cue, tokens, place):
            yield place, cue
            reached = place + len(cue.words)


def _stands(cue: Cue, words: Sequence[str], place: int) -> bool:
    return tuple(words[place : place + len(cue.words)]) == cue.words


def _is_month(cue: Cue, tokens: Sequence[Token], place: int) -> bool:
    """Whether "May" is a month here."""
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    return cue.words == ("may",) and tokens[place].text == "May" and behind[:1].isdigit()


def _ahead(words: Sequence[str], tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """For each place that of the next comma or end, and of the next "or" of the sentence; the text's length if none."""
    n = len(words)
    comma, either = n, n
    commas, eithers = [n] * n, [n] * n
    for place in range(n - 1, -1, -1):
        if not tokens[place].is_word:
            comma = place
            either = either if words[place] == COMMA else n
        elif words[place] in ("or", "nor"):
            either = place
        elif words[place] in context().stops:
            either = n
        commas[place], eithers[place] = comma, either
    return commas, eithers


def _forward(text: _Text, tokens: Sequence[Token], found: dict[int, Cue], known: Said) -> None:
    reach = _Reach()
    for place, word in enumerate(text.words):
        if not tokens[place].is_word:
            _pass_mark(reach, text, place)
            continue
        cue = found.get(place)
        if reach.near and place >= reach.near:
            reach.polarity = None
            reach.near = 0
        if cue is not None and _speaks_forward(cue, place, text.words, tokens):
            reach.take(cue, place + len(cue.words))
        elif word in context().stops:
            _stop(reach, place)
        _note(reach, place, known)


def _note(reach: _Reach, place: int, known: Said) -> None:
    if reach.polarity:
        known.polarity[place] = reach.polarity[0]
    if reach.time:
        known.time[place] = reach.time[0]
    if reach.family is not None:
        known.family[place] = "family"


def _pass_mark(reach: _Reach, text: _Text, place: int) -> None:
    """Go on behind a comma, a colon or the end of a sentence."""
    mark = text.words[place]
    if mark == COMMA:
        if reach.polarity and not _goes_on(reach.polarity[0], text, place):
            reach.polarity = None
        if reach.time and reach.time[0] != "past":
            reach.time = None
    elif mark != _COLON or reach.cue_end != place:
        reach.end_all()


def _goes_on(kind: Kind, text: _Text, place: int) -> bool:
    """Whether behind this comma there is a further name of a list."""
    if kind == "hypothetical":
        return True
    if kind != "absent":
        return False
    end = min(text.next_comma[place + 1], place + 2 + _SHORT) if place + 1 < len(text.words) else place
    item = text.words[place + 1 : end]
    is_name = not any(word in context().list_ends or word in context().stops for word in item)
    return bool(item) and is_name and (len(item) <= _SHORT or text.next_or[place] < len(text.words))


def _stop(reach: _Reach, place: int) -> None:
    if reach.polarity and reach.polarity[0] != "hypothetical" and place - reach.polarity[1] >= _DIRECT:
        reach.polarity = None
    if reach.time and place - reach.time[1] >= _DIRECT:
        reach.time = None


def _speaks_forward(cue: Cue, place: int, words: Sequence[str], tokens: Sequence[Token]) -> bool:
    if cue.kind == "family":
        return is_ill_relative(cue, place, words) and not is_named_last(place, words)
    if cue.kind == "planned":
        return cue.is_forward
    return cue.is_forward and not (cue.is_backward and _ends_clause(place + len(cue.words), words, tokens))


def _ends_clause(place: int, words: Sequence[str], tokens: Sequence[Token]) -> bool:
    """Whether nothing is named from here on: a cue of either direction speaks of what stands before it then."""
    return place >= len(words) or not tokens[place].is_word or words[place] in _BEHIND


def _backward(words: Sequence[str], tokens: Sequence[Token], found: dict[int, Cue], known: Said) -> None:
    reach = _Reach()
    over_lists = False
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        if not tokens[place].is_word:
            if word == COMMA and not over_lists and reach.cue_end != place + 1:
                reach.polarity = reach.time = None
            elif word != COMMA and not (word == _COLON and reach.cue_end == place + 1):
                reach.end_all()
            continue
        cue = found.get(place)
        if cue is not None and _speaks_backward(cue, place, words, tokens):
            reach.take(cue, place)
            over_lists = cue.is_over_lists
        elif word in context().stops and reach.cue_end - place > _DIRECT:
            reach.polarity = reach.time = None
        if reach.polarity and known.polarity[place] in ("", "possible"):
            known.polarity[place] = reach.polarity[0]
        if reach.time and not known.time[place]:
            known.time[place] = reach.time[0]
        if reach.family is not None:
            known.family[place] = "family"


def _speaks_backward(cue: Cue, place: int, words: Sequence[str], tokens: Sequence[Token]) -> bool:
    if cue.kind == "family":
        return is_ill_relative(cue, place, words) and is_named_last(place, words)
    if cue.kind == "planned":
        return cue.is_backward
    return cue.is_backward and (not cue.is_forward or _ends_clause(place + len(cue.words), words, tokens))


def _questions(text: str, tokens: Sequence[Token], known: Said) -> None:
    """What is only asked is hypothetical."""
    is_asked = text.rstrip().endswith("?")  # where nothing follows, it is no token
    for place in range(len(tokens) - 1, -1, -1):
        if not tokens[place].is_word and tokens[place].text not in (COMMA, _COLON):
            is_asked = tokens[place].text == "?"
        elif is_asked:
            known.polarity[place] = "hypothetical"
