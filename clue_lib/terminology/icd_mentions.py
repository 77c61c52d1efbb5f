"""Finds the ICD-10-CM codes that a text names: by shape and by what stands around them, never by whether they exist.

A code that doesn't exist is read too, for a metric to count it. The rules, tried on `icd_traps.csv` beside the tests:

1. With a dot and something behind it ("E11.9", "W19.XXXA") the shape is enough, but for a temperature among vital
   signs. A dash in place of the rest ("N17.-") names the code above.
2. Without a dot ("I10", "E119") it must stand as an item: begin or end what lies between line breaks, punctuation,
   brackets, quotes, dashes, tabs, double spaces, words such as "is" or "code", or other codes. Where words belong to
   the item too, the neighbouring one must not say that it is something else ("room B204", "N95 mask"). Between words
   on both sides it is a code in capitals, unless it is known as something else too ("S100", "B27").
3. Some writings are never codes without a dot ("B12", "T12", "Q12H"); none of them is a code of the release.
4. Of a range ("E11.0–E11.9") both end points are named, and nothing between.
5. An X that fills up three characters ("I10X") is no part of the code.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from clue_lib.terminology import icd
from clue_lib.types import withheld

# No Latin letter or digit touches a code; a Chinese one may.
_LATIN = "0-9A-Za-z\u00c0-\u024f"

# Three characters (QA0 is new in 2026), then at most four; letters alone after a dot only as ICD-10-CM has them
# ("O09.A", "C84.AA", "T36.AX", "W19.XXXA"), lest "I10.The" be one. More characters or dots make it another thing.
_CANDIDATE = re.compile(
    rf"(?<![{_LATIN}])(?:[A-Za-z][0-9][0-9ABab]|[Qq][Aa][0-9])"
    r"(?:(?P<dotted>\.(?:(?=[A-Za-z]{0,3}[0-9])[0-9A-Za-z]{1,4}|[Xx]{1,3}[A-Za-z]?|[A-Za-z][ABXabx]?)|\.(?=-))"
    r"|[0-9A-Za-z]{1,4})?"
    rf"(?![{_LATIN}]|\.[0-9]|:H[0-9])"
)

# The letters that the release has in fourth to seventh place: "B2111ZZ" (ICD-10-PCS) or "L858R" are not among them.
_UNDOTTED = re.compile(r"...(?:[0-9A-LXZ](?:[0-9A-EXYZ](?:[0-9A-HX][0-9A-HJKMNP-S]?)?)?)?")

# A vitamin, vertebrae, a strain of E. coli, dose intervals, tumour stages, mutations, an enzyme, strengths of insulin.
_NEVER = re.compile(
    r"B12|T1[0-2]|O157|Q[0-9]{2}H|[NT][0-9][AB]|V600E|G1[23][CD]|H63D|G20210A|[ACGT][0-9]{4}[ACGT]|P450|U[1235]00"
)

# Proteins, a tissue antigen, a mask, dextrose, a coenzyme, isotopes: codes too, but not in the middle of a sentence.
_ALSO_ELSE = re.compile(r"S100|P(?:16|53|63)|B27|N95|D(?:5|10|20|25|50)|Q10|I1(?:23|25|31)|F18|Y90|P32")

_MUTATION = re.compile(r"[A-Z][0-9]{2,4}[A-Z]")
_STAGE = re.compile(r"M1[AB]", re.IGNORECASE)
_STAGE_BEFORE = re.compile(r"(?<![^\W_])[cpry]{0,2}N[0-3X][a-c]?[\s,]{0,2}$")
_GENE_BEFORE = re.compile(r"(?<![^\W_])[A-Z][A-Z0-9]{1,5}\s$")

# In the release only J09.X and M01.X are themselves codes whose fourth character is an X with nothing behind it.
_FILLED_UP = re.compile(r"(?!J09|M01)([A-Z][0-9][0-9AB])\.?X")

_ESCAPED_SPACE = re.compile(r"\\[nrt]")  # JSON's line break would be the letter n before a code

# Vital signs in a row, at least one of them a name that can be nothing else: "T38.9 HR 108 BP 142/84".
_SURE_SIGN = r"(?:BP|HR|RR|SaO2|SpO2|SO2|O2|pulse|temp(?:erature)?|vitals?(?:\ssigns)?)"
_VITAL_SIGN = re.compile(
    rf"\b{_SURE_SIGN}(?![^\W_])[\s:=]{{0,3}}(?:[0-9]{{1,3}}(?:[./][0-9]{{1,3}})?)?\s?(?:[°%]\s?[CF]?)?"
    r"|\bT\s?(?:3[4-9]|4[0-2]|9[0-9])\.[0-9](?![\w.])\s?(?:°\s?[CF]?)?|\b(?:[PR]\s?[0-9]{2}|P\s?1[0-9]{2})(?![\w.])",
    re.IGNORECASE,
)
_SURE = re.compile(rf"\b{_SURE_SIGN}(?![^\W_])|°", re.IGNORECASE)
_BETWEEN_SIGNS = re.compile(r"[\s,;:.]{0,3}")

_WINDOW = 40  # Characters looked at on either side, so that a long line costs no more than its length.
_NO_BORDER = frozenset("%°-–—@")
_BEGINS = re.compile(
    r"(?:(?:^|\s)[-–—]+|\s\s|\t|^\W*[0-9]{1,3}|[^\W\d_][–—]|[^\x00-\u024f]"
    r"|(?:^|\W)(?:is|are|as|codes?|coded(?:\s(?:as|to|with))?|diagnosis\sof|icd-?\s?10(?:-?cm)?)\s"
    r"|icd-?\s?10(?:-?cm)?-)\s*$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[^\w\s%°./\-–—]|_|[./](?![0-9])|[-–—]+(?:\s|$|[),;.\]]|[A-Z][a-z]|[YNUW1](?![^\W_]))|[^\x00-\u024f])"
    r"|\s\s|\t|\s(?:and|or|for|is|are|as)\b"
)
_LINKS = re.compile(r"\s*+(?:[-–—/]|to|through|and|or)?+\s*+")

# Beside a code that is not alone in its item: a word, but none that makes it a thing of another kind.
_THINGS_BEFORE = (
    r"coenzyme|iodine|hla|protein|marker|amp|room|hcpcs|cpt|mesh|vitamin|bed|ward|suite|gene|codon|exon|serotype|page"
    r"|mrn|locker|apartment|apt|lot"
)
_PREPOSITIONS = r"at|by|for|from|in|of|on|to|with"
_WORD_BEFORE = re.compile(
    rf"(?<![^\W_])(?!(?:{_PREPOSITIONS}|{_THINGS_BEFORE})\s)[^\W_]+\s$",
    re.IGNORECASE,
)
_WORD_AFTER = re.compile(
    r"\s(?!(?:positive|negative|stain|masks?|respirators?|infusion|drip|gtt|bolus|h|hours?|minutes?|seconds?)\b)[^\W_]"
)
# What follows a thing of another kind: "HFE C282Y homozygous", "I131 therapy", "D50 given".
_THING_AFTER = re.compile(
    r"\s(?:mutations?|mutant|variant|gene|protein|carriers?|homozyg\w+|heterozyg\w+|expression|substitution|wild|levels?"
    r"|antigen|receptors?|staining|units?|mg|ml|mcg|given|therapy|ablation|uptake|fdg|pet|scans?|push|ampoules?)\b",
    re.IGNORECASE,
)
_AFTER_WORDS = re.compile(rf"(?<![^\W_])(?!(?:{_THINGS_BEFORE})\s)[^\W_]+[,.;:)]?\s$|[a-z]{{4,}}-$", re.IGNORECASE)


@withheld
class CodeMention(NamedTuple):
    """One place where a code is named: the code in canonical form, and where it stands in the text."""

    code: str
    start: int
    end: int


def mentions(text: str) -> tuple[str, ...]:
    """The codes in canonical form, in the text's order, each as often as it is named; any text, in linear time."""
    return tuple(mention.code for mention in find(text))


def find(text: str) -> tuple[CodeMention, ...]:
    """The same with their places."""
    plain = _ESCAPED_SPACE.sub("\n ", text)  # as long as what it stands for
    return tuple(mention for start, line in _lines(plain) for mention in _in_line(line, start))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        start += len(line)


def _in_line(line: str, offset: int) -> Iterator[CodeMention]:
    candidates = list(_CANDIDATE.finditer(line))
    signs = _vital_signs(line) if candidates else set()
    linked = False
    for match, following in itertools.zip_longest(candidates, candidates[1:]):
        links_on = following is not None and _LINKS.fullmatch(line, match.end(), following.start()) is not None
        is_named = match.start() not in signs and _is_named(match, linked, links_on)
        if is_named:
            yield CodeMention(_canonical(match[0]), offset + match.start(), offset + match.end())
        linked = is_named and links_on


def _canonical(written: str) -> str:
    filled_up = _FILLED_UP.fullmatch(written.upper())
    return icd.normalise(filled_up[1] if filled_up else written)


def _vital_signs(line: str) -> set[int]:
    """Where a vital sign begins that stands in a row with one whose name can be nothing else."""
    signs: set[int] = set()
    row: list[re.Match[str]] = []
    for sign in itertools.chain(_VITAL_SIGN.finditer(line), (None,)):
        if row and (sign is None or not _BETWEEN_SIGNS.fullmatch(line, row[-1].end(), sign.start())):
            if any(_SURE.search(each[0]) for each in row):
                signs.update(each.start() for each in row)
            row = []
        if sign is not None:
            row.append(sign)
    return signs


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
    if _MUTATION.fullmatch(match[0]) and _GENE_BEFORE.search(before):
        return False
    if _STAGE.fullmatch(match[0]) and _STAGE_BEFORE.search(before):
        return False
    begins = linked or _begins(before)
    ends = links_on or _ENDS.match(after) is not None
    goes_on = ends or _goes_on(match[0], after)
    if begins or (ends and _WORD_BEFORE.search(before) is not None):
        return goes_on
    return goes_on and _is_among_words(match[0], before)


def _goes_on(written: str, after: str) -> bool:
    """Whether a word follows that may describe a code, and not a thing of another kind."""
    if _WORD_AFTER.match(after) is None:
        return False
    is_ambiguous = _ALSO_ELSE.fullmatch(written.upper()) or _MUTATION.fullmatch(written)
    return not (is_ambiguous and _THING_AFTER.match(after))


def _begins(before: str) -> bool:
    """Whether a code may begin behind this: at the beginning of a line, behind a mark or behind certain words."""
    last = before.rstrip()[-1:]
    if not last.isalnum() and last not in _NO_BORDER:
        return True
    return _BEGINS.search(before) is not None


def _is_among_words(written: str, before: str) -> bool:
    """Whether a candidate behind a word may be a code all the same: in capitals, and known as nothing else."""
    is_plain = written.isupper() and not _ALSO_ELSE.fullmatch(written) and not _MUTATION.fullmatch(written)
    return is_plain and _AFTER_WORDS.search(before) is not None
