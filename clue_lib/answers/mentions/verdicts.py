"""What stands behind a mention and calls it right, likely or wrong."""

import functools
import re
from dataclasses import dataclass
from typing import Literal

from clue_lib.answers.mentions import cues
from clue_lib.types import withheld

Kind = Literal["right", "likely", "wrong"]


@withheld
@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a mention, and where that ends.

    `is_plural` where it is said of several ("A and B are wrong"), `is_clause` where a verb says it, no mark alone.
    """

    kind: Kind
    end: int
    is_plural: bool
    is_clause: bool


def behind(lower: str, end: int, *, is_negative: bool = False) -> Verdict | None:
    """The verdict that follows the mention that ends at `end`, in a text in lower case.

    ": not …" and "is not …" say wrong unless the option is negative, that is, says so itself: "F: not mentioned".
    """
    for kind, pattern in _patterns(is_negative):
        if found := pattern.match(lower, end):
            is_plural = _PLURAL.match(lower, end) is not None
            return Verdict(kind, found.end(), is_plural=is_plural, is_clause=_LETTERS.match(lower, end) is not None)
    return None


_PLURAL = re.compile(
    r"[)\]]*[ \t](?:are|were|can|could|may|might|must|should|would|do|have|seem|both|all)(?:not|n't)?\b"
)
_LETTERS = re.compile(r"[)\]]*\s?\w")
_CLOSED = r"[)\]]*"
_SIGNED = _CLOSED + r"[.:]?[ \t]?(?:[–—-][ \t]?)?"
_MARK = r"(?:[:;=.|→–—-]+[ \t]?[(\[]?|[(\[]|,[ \t]|[ \t])"
_END = r"[ \t]?(?:$|[\n.,;:!?)\]⟧⟫→|–—-])"


@functools.cache
def affirmed() -> re.Pattern[str]:
    """What stands behind a mention that is asked and answered with yes."""
    return re.compile(rf"{_CLOSED}\s?\?\s?{cues.any_of('yes')}")


@functools.cache
def _patterns(is_negative: bool) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """For each kind what matches it right behind a mention."""
    stop = rf"(?={_END}|[ \t]{cues.any_of('reason')})"
    thing = cues.any_of("thing")
    best = rf"{cues.any_of('best')}(?:(?:[ \t]{cues.any_of('place')})?[ \t]{thing}|{stop})"
    right = rf"(?:{best}|{cues.any_of('right')}(?:[ \t]{thing})?{stop})"
    is_right = rf"(?:{right}|{cues.any_of('right_clause')}{stop})"
    fits = rf"{_CLOSED}[ \t]{cues.any_of('right_verb')}(?![ \t](?:poorly|less|badly|neither|worse|only|for|in))"
    likely = rf"{cues.any_of('possible')}{stop}"
    return (
        ("wrong", re.compile("|".join(_wrong(stop, is_negative)))),
        (
            "right",
            re.compile(
                rf"{_clause(is_right)}|{_marked(right)}|{fits}|{affirmed().pattern}|{_SIGNED}{cues.any_of('right_sign')}"
            ),
        ),
        ("likely", re.compile(f"{_clause(likely)}|{_marked(likely)}")),
    )


def _wrong(stop: str, is_negative: bool) -> list[str]:
    thing = rf"(?:[ \t]{cues.any_of('thing')})?"
    strong, weak = cues.any_of("wrong"), cues.any_of("weak_wrong")
    not_right = rf"not[ \t](?:the[ \t])?(?:{cues.any_of('best')}|true|likely)"
    found = [_clause(rf"(?:{strong}|{not_right})"), _marked(rf"(?:{strong}|{not_right}){thing}{stop}")]
    found += [rf"{_SIGNED}{cues.any_of('wrong_sign')}"]
    if not is_negative:
        undenied = rf"(?![ \t](?:be[ \t])?(?:{strong}|only|just|merely))"
        negated = cues.any_of("negated") + undenied
        found += [rf"{_CLOSED}[ \t]?{negated}", _clause(weak + stop), _marked(weak + stop)]
        found += [rf"{_CLOSED}[ \t]?[:–—-]+[ \t]?(?:not\b|{negated})"]
    return found


def _clause(predicate: str) -> str:
    """Such as "is incorrect", ", which can be ruled out"."""
    return rf"{_CLOSED},?[ \t]?(?:(?:which|that)[ \t])?{_is()}[ \t]?(?:the[ \t]|an?[ \t])?{predicate}"


def _marked(predicate: str) -> str:
    """Such as ": correct", "(unlikely)", "- no", ". Incorrect."."""
    return rf"{_CLOSED}[ \t]?{_MARK}(?:this[ \t])?(?:{_is()}[ \t])?(?:the[ \t])?{predicate}"


def _is() -> str:
    modal = r"(?:can|could|may|might|must|should)(?:[ \t]therefore)?[ \t]be|ha(?:ve|s)[ \t]been"
    return rf"(?:{cues.any_of('is')}|{modal})(?:[ \t]{cues.any_of('adverb')}){{0,2}}"
