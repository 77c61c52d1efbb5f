"""What an answer says beside what the chart says otherwise: claims, numbers and codes, with the words around each."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from clue_lib.metrics import claims, code_contradictions, numbers
from clue_lib.metrics.base import answer_text
from clue_lib.report.passages import Passage, passage
from clue_lib.terminology import icd
from clue_lib.text import storable
from clue_lib.types import Parsed, Response
from clue_lib.types.withheld import withheld

N_AROUND = 80
"""Characters shown on either side of a claim, a number or a code."""

MOST = 6
"""Pairs that are shown of one answer; a seventh would hide the answer itself."""

CLAIMS: Mapping[claims.Kind, str] = {
    "polarity": "one says that it is there, the other that it is not",
    "experiencer": "one says it of the patient, the other of the family",
    "time": "another time",
    "side": "another side",
    "course": "another course",
    "severity": "another severity",
    "size": "another size",
    "trend": "another trend",
    "grade": "another grade",
    "yes or no": "yes for no, or no for yes",
}

NUMBERS: Mapping[numbers.Kind, str] = {
    "nowhere": "a number that stands nowhere",
    "another unit": "a number that stands there with another unit",
    "another thing": "a number that is of another thing there",
}

CODES: Mapping[code_contradictions.Kind, str] = {"side": "a code of another side", "encounter": "of another encounter"}


@withheld
class Opposite(msgspec.Struct, frozen=True, array_like=True):
    """In what the answer differs, in words; its own place, and the chart's or reference's, None where it has none."""

    differs: str
    answer: Passage
    source: Passage | None


def encode(response: Response, scores: Mapping[str, float | None]) -> str:
    """The answer's opposites as JSON; `scores` are its own by metric, and where these are 0 nothing is looked for.

    Empty where there are none.
    """
    found = [each for metric, read in _READERS.items() if scores.get(metric) for each in read(response)]
    return msgspec.json.encode(found[:MOST]).decode() if found else ""


def decode(text: str) -> tuple[Opposite, ...]:
    """What `encode` wrote; nothing of an empty text."""
    return msgspec.json.decode(text, type=tuple[Opposite, ...]) if text else ()


def _of_claims(response: Response) -> Iterator[Opposite]:
    text, shown = answer_text(response), claims.source(response.example)
    for each in claims.contradictions(text, response.example):
        yield Opposite(CLAIMS[each.kind], _at(text, each.answer), _at(shown, each.source))


def _of_numbers(response: Response) -> Iterator[Opposite]:
    text, shown = answer_text(response), claims.source(response.example)
    for each in numbers.unsupported(text, response.example):
        source = None if each.source is None else _at(shown, each.source)
        yield Opposite(NUMBERS[each.kind], _at(text, each.answer), source)


def _of_codes(response: Response) -> Iterator[Opposite]:
    named = response.answer.value if isinstance(response.answer, Parsed) else ()
    gold = response.example.gold
    if isinstance(named, str) or isinstance(gold, str):
        return
    for kind, own, other in code_contradictions.contradictions(named, gold):
        yield Opposite(CODES[kind], _code(own), _code(other))


def _at(text: str, place: slice) -> Passage:
    return passage(text, place.start, place.stop, N_AROUND)


def _code(code: str) -> Passage:
    """The code, and its title behind it where the release has it."""
    title = f" {icd.title(code)}" if icd.is_code(code) else ""
    return Passage("", storable(code), storable(title))


_READERS: Mapping[str, Callable[[Response], Iterator[Opposite]]] = {
    "contradicted_claims": _of_claims,
    "unsupported_numbers": _of_numbers,
    "contradicted_codes": _of_codes,
}
"""What finds the opposites of an answer, by the metric that counts them."""
