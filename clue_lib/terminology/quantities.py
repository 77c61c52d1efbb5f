"""Numbers with their units, dates, and what stands before them in a text.

Units are compared through a small table (`quantities.toml`), which says why no library reads them.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clue_lib.types import withheld

FILE = Path(__file__).with_name("quantities.toml")

VERSION = 1
"""Changes whenever other quantities could be read from the same text with the same units."""

DATE = "date"
PAIR = "pair"

_WORDS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "a": 1, "an": 1},
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun")),
            *(("july", "jul"), ("august", "aug"), ("september", "sep", "sept"), ("october", "oct")),
            *(("november", "nov"), ("december", "dec")),
        ),
        1,
    )
    for name in names
}
_MONTH = "|".join(_MONTHS)

# A number is no part of a word ("B12", "E11.9", "x2" alone is one), and what counts a list's items is none.
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
# What any of them begins with is asked first: most characters begin none, and that takes half of the time.
_FOUND = re.compile(
    rf"(?=[\d.x]|\b[{''.join({name[0] for name in (*_MONTHS, *_WORDS)})}])(?:"
    rf"(?P<iso>\b(?:19|20)\d\d-\d\d?-\d\d?\b)"
    rf"|(?P<us>\b\d\d?/\d\d?/(?:19|20)?\d\d\b)"
    rf"|(?P<month>\b(?:{_MONTH})\.? \d\d?\b(?!\.\d)(?:,? (?:19|20)\d\d\b)?)"
    rf"|(?P<day>\b\d\d? (?:{_MONTH})\b(?:,? (?:19|20)\d\d\b)?)"
    rf"|(?<![\w.])(?P<pair>\d+/\d+)(?![\w/])"
    rf"|(?<![A-WYZa-wyz\d.])(?<!\w-)[xX]?(?P<number>{_NUMBER})(?=[\s\-–]*(?P<unit>(?:%|µg|μg|[A-Za-z]+))?)"
    rf"|\b(?P<word>{'|'.join(_WORDS)})[\s\-]+(?P<word_unit>[A-Za-z]+))",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:^|\n)[ \t]*\d{1,2}[.)][ \t]")
_PER = re.compile(r"[ \t]*(?:/|per )[ \t]*(?P<per>[A-Za-z]+)")


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number of a text.

    `amount` is in the first unit of its dimension; `dimension` is "" of a bare number. A date's amount is a text such
    as "3-14" or "2024-3-14", a pair's "160/110". `written` is the number as it stands there, `n_decimals` those it has.
    """

    amount: float | str
    dimension: str
    written: float
    n_decimals: int
    scale: float
    start: int
    end: int


def quantities_in(text: str) -> tuple[Quantity, ...]:
    """Every number of the text, in its order. Time grows with the text's length."""
    items = {match.end() for match in _ITEM.finditer(text)}
    found = []
    for match in _FOUND.finditer(text):
        quantity = _quantity(text, match)
        if quantity is not None and not _counts_an_item(text, quantity, items):
            found.append(quantity)
    return tuple(found)


def _counts_an_item(text: str, quantity: Quantity, items: set[int]) -> bool:
    return not quantity.dimension and (quantity.end + 2 in items and text[quantity.end] in ".)")


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    for name, read in _READERS.items():
        if match[name]:
            return read(text, match)
    return None


def _iso(text: str, match: re.Match[str]) -> Quantity:
    year, month, day = (int(part) for part in match["iso"].split("-"))
    return _dated(match, f"{year}-{month}-{day}")


def _us(text: str, match: re.Match[str]) -> Quantity:
    month, day, year = (int(part) for part in match["us"].split("/"))
    return _dated(match, f"{year if year > 99 else 2000 + year}-{month}-{day}")


def _named_date(text: str, match: re.Match[str]) -> Quantity:
    written = match["month"] or match["day"]
    numbers = re.findall(r"\d+", written)
    name = re.search(r"[A-Za-z]+", written)
    month = _MONTHS[name[0].lower()] if name else 0
    year = f"{numbers[1]}-" if len(numbers) > 1 else ""
    return _dated(match, f"{year}{month}-{int(numbers[0])}")


def _pair(text: str, match: re.Match[str]) -> Quantity:
    start, end = match.span("pair")
    return Quantity(amount=match["pair"], dimension=PAIR, written=0.0, n_decimals=0, scale=1.0, start=start, end=end)


def _dated(match: re.Match[str], amount: str) -> Quantity:
    return Quantity(
        amount=amount, dimension=DATE, written=0.0, n_decimals=0, scale=1.0, start=match.start(), end=match.end()
    )


def _number(text: str, match: re.Match[str]) -> Quantity:
    written = match["number"].replace(",", "")
    dimension, scale = _unit(match["unit"] or "", text, match.end("number"))
    end = match.end("unit") if dimension else match.end("number")
    decimals = len(written.partition(".")[2])
    return _measured(float(written), decimals, dimension, scale, match.start("number"), end)


def _word(text: str, match: re.Match[str]) -> Quantity | None:
    """A number in words is one with a unit only: "one" is also somebody."""
    dimension, scale = _unit(match["word_unit"], text, match.start("word_unit"))
    if not dimension or (match["word"].lower() in ("a", "an") and dimension != "duration"):
        return None
    return _measured(_WORDS[match["word"].lower()], 0, dimension, scale, match.start(), match.end())


def _measured(written: float, decimals: int, dimension: str, scale: float, start: int, end: int) -> Quantity:
    return Quantity(
        amount=written * scale,
        dimension=dimension,
        written=written,
        n_decimals=decimals,
        scale=scale,
        start=start,
        end=end,
    )


def _unit(word: str, text: str, end: int) -> tuple[str, float]:
    """Dimension and scale of a unit, "" and 1 of a word that is none."""
    lower = word.lower()
    for spelled in (lower, lower.removesuffix("s"), lower.removesuffix("es")):
        if spelled in units():
            return units()[spelled]
    if lower == "pack" and re.match(r"[\s\-]*pack[\s\-]*years?", text[end : end + 14], re.IGNORECASE):
        return "packs", 1.0
    return "", 1.0


_READERS = {
    "iso": _iso,
    "us": _us,
    "month": _named_date,
    "day": _named_date,
    "pair": _pair,
    "number": _number,
    "word": _word,
}


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: by dimension each unit's scale, and words before a number that it is not a number of."""

    no_things: frozenset[str]
    units: Mapping[str, Mapping[str, float]]


@functools.cache
def table() -> Table:
    """The file, read once."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Table)


@functools.cache
def units() -> Mapping[str, tuple[str, float]]:
    """Unit in lower case → its dimension, and how much of that dimension's first unit it is."""
    scales_of = table().units
    return {unit: (dimension, scale) for dimension, scales in scales_of.items() for unit, scale in scales.items()}
