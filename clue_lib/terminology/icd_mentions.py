"""Finds the ICD-10-CM codes that a text names: by shape and by what stands around them, never by whether they exist.

A code that doesn't exist is read too, for a metric to count it. The rules, tried on `tests/unit/data/icd_traps.csv`:

1. With a dot and something behind it ("E11.9", "W19.XXXA") the shape is enough, but for a temperature amid vital signs.
   A dash in place of the rest ("N17.-") names the code above.
2. Without a dot ("I10", "E119") it must stand as an item: begin or end what lies between line breaks, punctuation,
   brackets, quotes, spaced dashes, tabs, double spaces, words such as "is" or "code", or other codes. Where words
   belong to the item too, the neighbouring one must not say that it is something else ("HLA B27", "N95 mask").
3. Some writings are never codes without a dot ("B12", "T12", "Q12H"); none of them is a code of the release.
4. Of a range ("E11.0–E11.9") both end points are named, and nothing between.
"""

import itertools
import re
from collections.abc import Iterator

from clue_lib.terminology import icd

# Three characters (QA0 is new in 2026), then at most four; letters alone after a dot only as ICD-10-CM has them
# ("O09.A", "C84.AA", "T36.AX", "W19.XXXA"), lest "I10.The" be one. More characters or dots make it another thing.
_CANDIDATE = re.compile(
    r"(?<![^\W_])(?:[A-Za-z][0-9][0-9ABab]|[Qq][Aa][0-9])"
    r"(?:(?P<dotted>\.(?:(?=[A-Za-z]{0,3}[0-9])[0-9A-Za-z]{1,4}|[Xx]{1,3}[A-Za-z]?|[A-Za-z][ABXabx]?)|\.(?=-))"
    r"|[0-9A-Za-z]{1,4})?"
    r"(?![^\W_]|\.[0-9])"
)

# The letters that the release has in fourth to seventh place: "B2111ZZ" (ICD-10-PCS) or "L858R" are not among them.
_UNDOTTED = re.compile(r"...(?:[0-9A-LXZ](?:[0-9A-EXYZ](?:[0-9A-HX][0-9A-HJKMNP-S]?)?)?)?")

# A vitamin, vertebrae, a strain of E. coli, dose intervals, tumour stages, mutations, an enzyme, strengths of insulin.
_NEVER = re.compile(r"B12|T1[0-2]|O157|Q[0-9]{2}H|[NT][0-9][AB]|V600E|G1[23][CD]|H63D|G20210A|A1298C|P450|U[1235]00")

_ESCAPED_SPACE = re.compile(r"\\[nrt]")  # JSON's line break would be the letter n before a code

_VITAL_SIGN = re.compile(r"T(?:3[4-9]|4[0-2]|9[0-9])\.[0-9]|[PR][0-9]{2}")
_VITAL_SIGNS = re.compile(r"\b(?:BP|HR|RR|Sp?[aO]?O2|vitals?|temp)\b|°", re.IGNORECASE)

_WINDOW = 40  # Characters looked at on either side, so that a long line costs no more than its length.
_BEGINS = re.compile(
    r"(?:^|[^\w\s%°\-–—@]|_|(?:^|\s)[-–—]+|\s\s|\t|^\W*[0-9]{1,3}"
    r"|(?:^|\W)(?:is|are|as|codes?|coded|icd-?\s?10(?:-?cm)?)\s)\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[^\w\s%°./\-–—]|_|[./](?![0-9])|[-–—]+(?:\s|$|[A-Z][a-z]))|\s\s|\t|\s(?:and|or|for|is|are|as)\b"
)
_LINKS = re.compile(r"\s*+(?:[-–—/]|to|through|and|or)?+\s*+")

# Beside a code that is not alone in its item: a word, but none that makes it a thing of another kind.
_WORD_BEFORE = re.compile(
    r"(?<![^\W_])(?!(?:at|by|for|from|in|of|on|to|with|coenzyme|iodine|hla|protein|marker|amp|room|hcpcs|cpt|mesh)\s)"
    r"[^\W_]+\s$",
    re.IGNORECASE,
)
_WORD_AFTER = re.compile(
    r"\s(?!(?:positive|negative|stain|masks?|respirators?|infusion|drip|gtt|bolus|h|hours?)\b)[^\W_]"
)


def mentions(text: str) -> tuple[str, ...]:
    """The codes in canonical form, in the text's order, each as often as it is named; any text, in linear time."""
    lines = _ESCAPED_SPACE.sub("\n", text).splitlines()
    return tuple(code for line in lines for code in _in_line(line))


def _in_line(line: str) -> Iterator[str]:
    candidates = list(_CANDIDATE.finditer(line))
    has_vital_signs = bool(candidates) and _VITAL_SIGNS.search(line) is not None
    linked = False
    for match, following in itertools.zip_longest(candidates, candidates[1:]):
        links_on = following is not None and _LINKS.fullmatch(line, match.end(), following.start()) is not None
        is_sign = has_vital_signs and _VITAL_SIGN.fullmatch(match[0].upper()) is not None
        is_named = not is_sign and _is_named(match, linked, links_on)
        if is_named:
            yield icd.normalise(match[0])
        linked = is_named and links_on


def _is_named(match: re.Match[str], linked: bool, links_on: bool) -> bool:
    """Whether a candidate is a code; `linked` to one before it, `links_on` to a candidate behind it."""
    written = match[0].upper()
    if _NEVER.fullmatch(written.removesuffix(".")):
        return False
    if match["dotted"] is not None:
        return True
    return _UNDOTTED.fullmatch(written) is not None and _is_item(match, linked, links_on)


def _is_item(match: re.Match[str], linked: bool, links_on: bool) -> bool:
    before = match.string[max(0, match.start() - _WINDOW) : match.start()]
    after = match.string[match.end() : match.end() + _WINDOW]
    begins = linked or _BEGINS.search(before) is not None
    ends = links_on or _ENDS.match(after) is not None
    if begins:
        return ends or _WORD_AFTER.match(after) is not None
    return ends and _WORD_BEFORE.search(before) is not None
