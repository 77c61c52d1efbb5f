"""Which of the options A, B, C … a text picks.

A pick is an option's letter (alone, with a mark behind it, with its own text, called correct), or an option's own text
alone. It counts in three places, and the first that has any decides:

1. behind "final answer" or in LaTeX's box, wherever it stands;
2. behind "answer", "option" or "choice" with "is" or a mark, "most likely diagnosis is", "I choose", or before "is
   correct"; here the text's other lines (3) must not pick another option, unless they list several, one a line;
3. at the start of the first line, and on any line that holds nothing else.

Two different picks in the place that decides are refused. A letter inside a sentence is no pick: it may belong to a
name (hepatitis C, E. coli), be the article A or the pronoun I. Neither is an option's text inside a sentence.
"""

import functools
import itertools
import re
from collections import Counter
from string import ascii_uppercase

from clue_lib.types import Answer, Example, Parsed, Unparsed

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LATEX_FONT = re.compile(r"\\(?:text[a-z]{0,2}|math[a-z]{2})\b")
_PLAIN = str.maketrans(
    dict.fromkeys('*_`~$#"“”„«»|\\{}', " ") | {chr(n): chr(n - 0xFEE0) for n in range(0xFF01, 0xFF5F)} | {"’": "'"}
)

_MARK = re.compile(
    r"(?:(?P<final>\bfinal answer\b)|(?<!wrong )(?<!incorrect )\b(?:answer|option|choice|most likely diagnosis)\b)"
    r"(?: (?:to|for|of)(?: [\w-]{1,30}){1,5}?)?\s?(?:(?:is|(?:would|must|should) be)\b|[:=>–—-])"
    r"|(?P<box>\bboxed\b)|\bI(?: would|'d| will|'ll)? (?:choose|pick|select|go with|go for|answer)\b",
    re.IGNORECASE,
)
_CORRECT = re.compile(
    r"(?:^|[.,;:!?(\n] ?|\b(?i:option|choice|answer|letter|therefore|thus|so|hence|that) )\(?([A-Z])\)? "
    r"(?i:(?:is|would be) (?:the )?(?:(?:most \w{1,20}|best|right|correct) (?:answer|option|choice)\b|correct\b))"
)
_LEAD = re.compile(
    r"[\s:=>(\[•–—-]*(?:(?:the|an|both|either|most likely|probably|clearly|definitely|option|choice|letter|answer)\b"
    r"[\s(\[]*){0,3}",
    re.IGNORECASE,
)
_REASON = r"(?:because|since|as|due|given|based|which|is (?:the )?(?:correct|right|best|most))\b"
_SPACE = re.compile(r"\s*")
_LETTER = re.compile(r"([A-Za-z])(?![\w'])")
# Behind a letter that stands for an option: the end, a mark, a reason, another letter. Not "E. coli", not "I, too".
_AFTER_LETTER = re.compile(
    r"[)\]]*(?:\s?$|(?=\s?\n)|\s?[):\];(=<!?]|\s?(?<![Ii]),|\.(?:$|(?=\n)| (?![a-z])|(?=[^\w\s]))|\s[–—-]\s"
    rf"|\s(?={_REASON})"
    r"|(?=\s?(?:[,/&+;]|(?:and|or)\b)\s?[(\[]?[A-Za-z](?![\w'])\s?(?:$|[\n.,;:)\]/&]|and\b|or\b)))"
)
_AFTER_TEXT = re.compile(rf"\s?(?:$|[^\w\s%/<>+-])|\n|\s(?:[–—-]\s|(?:and|or)\b|{_REASON})")
_GAP = re.compile(r"[ .):(\]\[-]*")
_JOIN = re.compile(r"[ ,;/&+.:)(\]\[]*(?:(?:and|or)\b ?)?")
_DENIED = re.compile(r"[)\]: –—-]*(?:is |are |was )?(?:not|incorrect|wrong|false|unlikely|ruled out)\b", re.IGNORECASE)
_LABEL = re.compile(r"(?<!\w)([A-Z])[).:]\s")
_WORD = re.compile(r"\w")
_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d+)*|[<>≤≥±+%=]|^[-−](?=\d)")


def option(text: str, example: Example) -> Answer:
    """The letter of the one option that the text picks, by the rules in this module's docstring.

    Unparsed: "empty" (nothing but white space), "no option", "several options", "no such option" (a letter beyond the
    last). A letter reads as itself. An option's own text is compared without case, space and punctuation; a text that
    two options share, or of one letter, does not count. Linear in the text's length.
    """
    if not text.strip():
        return Unparsed(reason="empty")
    known = set(ascii_uppercase[: len(example.options)])
    picked = _picked(_clean(text), _own_texts(example.options), known)
    if len(picked) != 1:
        return Unparsed(reason="several options" if picked else "no option")
    letter = picked.pop()
    return Parsed(value=letter) if letter in known else Unparsed(reason="no such option")


def _picked(text: str, own: re.Pattern[str], known: set[str]) -> set[str]:
    final: set[str] = set()
    marked = set(_CORRECT.findall(text))
    for mark in _MARK.finditer(text):
        (final if mark["final"] or mark["box"] else marked).update(_pick(text, mark.end(), own)[0])
    if final:
        return final
    unmarked = _unmarked(text.split("\n"), own, known)
    named = set().union(*unmarked)
    is_list = len(named) > 1 and all(len(found) == 1 for found in unmarked)
    return marked if marked and is_list else marked | named


def _unmarked(lines: list[str], own: re.Pattern[str], known: set[str]) -> list[set[str]]:
    """What the first line starts with, or each option if it labels them all; and what other lines consist of."""
    labels = set(_LABEL.findall(lines[0]))
    if len(known) > 1 and labels >= known:
        return [{label} for label in labels]
    opening, end = _pick(lines[0], 0, own)
    is_sentence = own.match(lines[0], _skip(_LEAD, lines[0], 0)) and _WORD.search(lines[0], end)
    found = [] if is_sentence or not opening else [opening]
    for line in dict.fromkeys(lines[1:]):
        picked, end = _pick(line, 0, own)
        if picked and not _WORD.search(line, end):
            found.append(picked)
    return found


def _pick(text: str, start: int, own: re.Pattern[str]) -> tuple[set[str], int]:
    """The letters of the options named from `start` on, one joined to the next, and where that ends."""
    picked: set[str] = set()
    for _ in range(5):  # bounded: what follows the last of many marks would be read again from each of them
        found, end = _one(text, start, own)
        if not found:
            break
        picked |= found
        start = _skip(_JOIN, text, end)
        if text[start : start + 1] in ("", "\n"):
            break
    return picked, start


def _one(text: str, start: int, own: re.Pattern[str]) -> tuple[set[str], int]:
    """The option named at `start` by its text or its letter, or both where the two differ; and where it ends."""
    lead = _skip(_LEAD, text, start)
    for place in (_skip(_SPACE, text, start), lead):
        named = own.match(text, place)
        if named and _AFTER_TEXT.match(text, named.end()):
            return {str(named.lastgroup)}, named.end()
    letter = _LETTER.match(text, lead)
    if not letter:
        return set(), start
    name = letter[1].upper()
    after = _AFTER_LETTER.match(text, letter.end())
    rest = _skip(_GAP, text, (after or letter).end())
    named = own.match(text, rest)
    if named and (named.lastgroup == name or _AFTER_TEXT.match(text, named.end())):
        is_article = letter[1] == "a" and not after
        return {str(named.lastgroup)} if is_article else {name, str(named.lastgroup)}, named.end()
    if not after or _DENIED.match(text, letter.end()):
        return set(), start
    return {name}, after.end()


def _skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern ends if it matches at `start`, else `start`."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _clean(text: str) -> str:
    """The text's lines without markup, invisible characters, blank lines and superfluous space."""
    plain = _LATEX_FONT.sub("", _INVISIBLE.sub("", text)).translate(_PLAIN)
    return "\n".join(filter(None, (" ".join(line.split()) for line in plain.splitlines())))


@functools.lru_cache(maxsize=1024)
def _own_texts(options: tuple[str, ...]) -> re.Pattern[str]:
    """Matches an option's text, the longest first, in a group named by its letter. Nothing else is captured."""
    tokens = {
        letter: tuple(_TOKEN.findall(_clean(text).casefold()))
        for letter, text in zip(ascii_uppercase, options, strict=False)
    }
    count = Counter(tokens.values())
    usable = {
        letter: words
        for letter, words in tokens.items()
        if count[words] == 1 and words and not (len(words) == 1 and len(words[0]) == 1 and words[0].isalpha())
    }
    longest_first = sorted(usable, key=lambda letter: -len("".join(usable[letter])))
    names = "|".join(f"(?P<{letter}>{_spaced(usable[letter])})" for letter in longest_first)
    return re.compile(rf"(?<![\w<>≤≥±+−.,-])(?:{names or '(?!)'})(?![\w%]| %|[.,]\d|'\w)", re.IGNORECASE)


def _spaced(words: tuple[str, ...]) -> str:
    """A pattern of the words with punctuation or space between them; a sign may also touch its number."""
    pattern = re.escape(words[0])
    for before, word in itertools.pairwise(words):
        n_least = int(before[-1].isalnum() and word[0].isalnum())
        pattern += rf"[^\w<>≤≥±+%=]{{{n_least},4}}" + re.escape(word)
    return pattern
