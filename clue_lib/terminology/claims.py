"""Claims: which conditions a text names, and what it says of each.

Rules in ConText's manner over the open linker's mentions. Beside conditions a claim may be of a part of the body (on
which side) or of a procedure (whether planned or done).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from clue_lib import digests
from clue_lib.terminology import context, lexicon, modifiers
from clue_lib.terminology.abbreviations import meanings
from clue_lib.terminology.modifiers import Value
from clue_lib.terminology.open_linker import Mention, OpenLinker
from clue_lib.terminology.scopes import Said, said
from clue_lib.terminology.words import Token, placed, stem
from clue_lib.types import withheld

VERSION = 1
"""Changes whenever other claims could be read from the same text with the same vocabulary and word lists."""

Polarity = Literal["present", "absent", "possible", "hypothetical"]
Experiencer = Literal["patient", "family"]
Thing = Literal["condition", "part", "procedure"]


_POLARITIES: Mapping[str, Polarity] = {
    "absent": "absent",
    "possible": "possible",
    "hypothetical": "hypothetical",
}


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a text says of one thing, and where, as a slice of its characters.

    `keys` are the ids by which it is known: the concept that is named, and the one without "acute", "left" and so on.
    `time` is "past", "now", "planned" or "" where the text does not say. `values` hold (dimension, value): side,
    course, severity, size, trend, grade. `is_inner` where the name stands inside a longer one: "injury" in "kidney
    injury", the hip in "hip fracture".
    """

    thing: Thing
    keys: tuple[str, ...]
    polarity: Polarity
    experiencer: Experiencer
    time: str
    values: frozenset[Value]
    start: int
    end: int
    is_inner: bool = False


def signature(linker: OpenLinker) -> str:
    """The rules, the word lists and the linker behind a claim; loads nothing."""
    return f"claims=v{VERSION},context={digests.of_file(context.FILE)[:8]},{linker.signature}"


def claims_in(text: str, linker: OpenLinker) -> tuple[Claim, ...]:
    """Every claim of the text, in its order; () of a text that names nothing. Time grows with the text's length."""
    tokens = placed(text)
    mentions = linker.mentions(text, tokens)
    taken = set(_names(mentions, tokens))
    known = said(text, tokens)
    conditions = list(_conditions(mentions, tokens, taken, known, linker.path))
    others = list(_others(tokens, taken, known))
    return tuple(sorted(conditions + others, key=lambda claim: claim.start))


def _names(mentions: Sequence[Mention], tokens: Sequence[Token]) -> Iterator[int]:
    """The places of all words of names that are no modifiers."""
    for one in mentions:
        if not one.is_inner:
            yield from (place for place in range(one.start, one.end) if not modifiers.word_value(tokens, place))


def _conditions(
    mentions: Sequence[Mention], tokens: Sequence[Token], taken: Collection[int], known: Said, path: Path | None
) -> Iterator[Claim]:
    """A claim for each mention; what is said of a longer name is said of those inside it."""
    said_of_outer: frozenset[Value] = frozenset()
    for mention in mentions:
        words = tuple(token.text for token in tokens[mention.start : mention.end] if token.is_word)
        if not mention.is_inner:
            said_of_outer = modifiers.values(tokens, mention.start, mention.end, taken) | _meant(words)
        yield _condition(mention, words, said_of_outer, tokens, known, path)


def _condition(
    mention: Mention,
    words: tuple[str, ...],
    values: frozenset[Value],
    tokens: Sequence[Token],
    known: Said,
    path: Path | None,
) -> Claim:
    start, end = mention.start, mention.end
    polarity = _polarity(known, start, end)
    return Claim(
        thing="condition",
        keys=_keys(mention.concept, words, path),
        polarity=polarity,
        experiencer="family" if known.family[start] else "patient",
        time=known.time[end - 1] or known.time[start],
        values=values,
        start=tokens[start].start,
        end=tokens[end - 1].end,
        is_inner=mention.is_inner
        or _is_of_compound(tokens, end)
        or (polarity == "absent" and _is_narrower(tokens, start)),
    )


def _is_of_compound(tokens: Sequence[Token], end: int) -> bool:
    """Whether the name is only the first part of another thing's: a "fever pill" is no fever."""
    return end < len(tokens) and tokens[end].lower in context.context().compounds


def _is_narrower(tokens: Sequence[Token], start: int) -> bool:
    """Whether something narrower is denied than the name that was found: "no head wound" denies no other wound."""
    before = tokens[start - 1] if start else None
    if before is None or not before.is_word or modifiers.word_value(tokens, start - 1):
        return False
    known = context.context()
    denials = {word for phrase in known.absent.forward for word in phrase.split()}
    return before.lower not in known.between and before.lower not in denials


def _polarity(known: Said, start: int, end: int) -> Polarity:
    told = known.polarity[end - 1] or known.polarity[start]
    return _POLARITIES.get(told, "present")


def _others(tokens: Sequence[Token], taken: Collection[int], known: Said) -> Iterator[Claim]:
    """Parts of the body whose side is told, and procedures of which it is told whether they were done."""
    parts, procedures = context.context().parts.words, context.procedures()
    for place, token in enumerate(tokens):
        if not token.is_word:
            continue
        word = stem(token.text)
        procedure = procedures.get(token.lower, "")
        side = modifiers.side_before(tokens, place, ()) if word in parts else frozenset()
        if not side and not (procedure and known.time[place]):
            continue
        yield Claim(
            thing="part" if side else "procedure",
            keys=(f"part:{word}" if side else f"procedure:{procedure}",),
            polarity=_polarity(known, place, place + 1),
            experiencer="family" if known.family[place] else "patient",
            time=known.time[place],
            values=side,
            start=token.start,
            end=token.end,
            is_inner=place in taken,
        )


def _meant(words: tuple[str, ...]) -> frozenset[Value]:
    """What an abbreviation says: AKI is acute."""
    meaning = meanings().get(words[0].lower(), "") if len(words) == 1 else ""
    told = (context.modifiers().get(word) for word in meaning.split())
    return frozenset(value for value in told if value is not None)


@lru_cache(maxsize=1 << 16)
def _keys(concept: str, words: tuple[str, ...], path: Path | None) -> tuple[str, ...]:
    """The concept's id and that of its name without modifiers, where that names a concept."""
    meaning = meanings().get(words[0].lower(), "") if len(words) == 1 else ""
    written = meaning.split() or list(words)
    bare = " ".join(stem(word) for word in written if word.lower() not in context.modifiers())
    plain = lexicon.terms(path).get(bare, "")
    return (concept, plain) if plain and plain != concept else (concept,)
