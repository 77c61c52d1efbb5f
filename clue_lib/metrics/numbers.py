"""Whether the numbers of an answer stand in what the model was shown: doses, values, durations and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from clue_lib import digests
from clue_lib.metrics.base import answer_text
from clue_lib.metrics.claims import source
from clue_lib.terminology import quantities
from clue_lib.terminology.quantities import Quantity, quantities_in
from clue_lib.terminology.things import things_before, things_behind
from clue_lib.types import Example, Response, withheld

Kind = Literal["nowhere", "another unit", "another thing"]

_BY_ANOTHER_NAME = 12  # words before a number of the source that may say what it is of
_OWN_DIMENSIONS = frozenset({"mass", "activity", "equivalents", "volume", ""})


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A number of the answer that the source does not support, and how; the source's own of that thing, if it has one.

    Both are slices of their texts.
    """

    kind: Kind
    answer: slice
    source: slice | None


def unsupported_numbers(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's numbers that neither source nor reference has, in that unit and of that thing; 0 of none.

    Numbers are doses, values, shares, durations, pairs such as 160/110, and dates; units are converted (2 weeks are 14
    days), and what the answer rounds may be rounded. A number without a unit on either side agrees with any unit. It is
    of another thing where the word before it stands in the source with other numbers of that dimension only. An empty
    or unparsed answer says nothing: None.
    """
    values: list[float | None] = []
    for response in responses:
        text = answer_text(response)
        n = len(quantities_in(text))
        values.append((len(unsupported(text, response.example)) / n if n else 0.0) if text else None)
    return values


def n_unsupported(responses: Sequence[Response]) -> list[int]:
    """How many of each answer's numbers the source and the reference do not have."""
    return [len(unsupported(answer_text(response), response.example)) for response in responses]


def tool() -> str:
    """The reader of numbers and its table of units."""
    return f"quantities=v{quantities.VERSION},units={digests.of_file(quantities.FILE)[:8]}"


def unsupported(text: str, example: Example) -> list[Unsupported]:
    """The numbers of an answer that nothing supports, in its order."""
    own = quantities_in(text)
    if not own:
        return []
    shown = source(example)
    told = _told(shown)
    judged = (_judged(text, quantity, told) for quantity in own)
    return [one for one in judged if one is not None]


@withheld
@dataclass(frozen=True, slots=True)
class _Told:
    """The numbers of a source, and those of each word that stands before one."""

    all: tuple[Quantity, ...]
    of_thing: dict[str, list[Quantity]]


@lru_cache(maxsize=4096)
def _told(shown: str) -> _Told:
    numbers = quantities_in(shown)
    of_thing: dict[str, list[Quantity]] = {}
    for quantity in numbers:
        words = [*things_before(shown, quantity, n_most=_BY_ANOTHER_NAME), *things_behind(shown, quantity)]
        for word in dict.fromkeys(words):
            of_thing.setdefault(word, []).append(quantity)
    return _Told(numbers, of_thing)


def _judged(text: str, quantity: Quantity, told: _Told) -> Unsupported | None:
    """How the number is unsupported; None where it is supported."""
    own = slice(quantity.start, quantity.end)
    alike = [other for other in told.all if _is_same(quantity, other)]
    things = [*things_behind(text, quantity), *things_before(text, quantity, n_most=1)]
    of_thing = [other for thing in things for other in told.of_thing.get(thing, ())]
    of_dimension = [other for other in of_thing if other.dimension == quantity.dimension]
    beside = slice(of_dimension[0].start, of_dimension[0].end) if of_dimension else None
    if not alike:
        same_number = any(other.written == quantity.written and quantity.written for other in told.all)
        return Unsupported(kind="another unit" if same_number else "nowhere", answer=own, source=beside)
    is_compared = quantity.dimension in _OWN_DIMENSIONS
    if is_compared and of_dimension and not any(_is_same(quantity, other) for other in of_thing):
        return Unsupported(kind="another thing", answer=own, source=beside)
    return None


def _is_same(own: Quantity, other: Quantity) -> bool:
    if isinstance(own.amount, str) or isinstance(other.amount, str):
        return own.dimension == other.dimension and _is_same_text(str(own.amount), str(other.amount))
    if not own.dimension or not other.dimension:
        return _rounds(other.written, own.written, own.n_decimals)
    if own.dimension != other.dimension:
        return False
    return _rounds(other.amount / own.scale, own.written, own.n_decimals)


def _is_same_text(own: str, other: str) -> bool:
    """Whether two dates or pairs are one; a date without a year is that day of any year."""
    return own == other or own.endswith(f"-{other}") or other.endswith(f"-{own}")


def _rounds(exact: float, written: float, n_decimals: int) -> bool:
    """Whether a number rounds to what was written, to that many decimals."""
    return abs(exact - written) <= 0.5 * 10**-n_decimals + 1e-9 if exact != written else True
