"""Which of a few labels a text names.

A label that the text denies ("not neutral", "neither entails nor …", "entailment is ruled out") is no pick. A label is
stated where it opens the text, a line or a clause and a mark or a reason follows, or where it follows "answer:" or
"label is"; elsewhere it is mentioned. Labels that "or", "and" or a comma joins to a stated one are stated too. What is
stated decides, what is mentioned only where nothing is stated; two different labels are refused.
"""

import re
from collections.abc import Iterator, Mapping

from clue_lib.types import Answer, Parsed, Unparsed

_NEAR = 200
"""Characters before a label that are looked at, so that the time stays linear."""

_N_WORDS = 12
"""Words before a label within which "not" may deny it; it also ends at the clause."""

_CLAUSE_END = re.compile(r"[.,;:!?()[\]{}|\n=>→–—]|\s-\s")
_PHRASE = re.compile(
    r"(?:rather|other) than|far from|instead of|(?:lack|absence) of|rul(?:es?|ed|ing) out|fail(?:s|ed)? to"
    r"|no (?:\w+ )?(?:basis|data|evidence|finding|indication|information|means|proof|reason|statement|support|way)"
    r"|[\w']+"
)
_ALWAYS = frozenset({"neither", "nor", "none", "nothing", "non"})
_NOT = frozenset(
    {
        *("not", "never", "cannot", "cant", "doesnt", "dont", "isnt", "hardly", "unlikely", "insufficient"),
        *("fail", "fails", "failed", "rather than", "other than", "far from", "instead of"),
    }
)
_NOT_NEXT = frozenset({"no", "without", "exclude", "excludes", "excluded", "excluding"})
# "He does not smoke, which makes it neutral": what is said before these is another statement.
_ELSE = frozenset(
    {
        *("and", "because", "but", "doubt", "hence", "however", "just", "make", "makes", "making", "merely", "only"),
        *("since", "so", "therefore", "though", "thus", "which", "while", "yet"),
    }
)
_VERB = frozenset({"are", "is", "it", "it's", "means", "was", "were"})
_UNTRUE = frozenset({"false", "incorrect", "untrue", "wrong"})
_INNER = frozenset({"believe", "if", "imply", "mean", "say", "suggest", "that", "think", "whether"})

_VERDICT = r"(?:excluded|false|impossible|incorrect|rejected|ruled out|unlikely|unsupported|wrong)\b"
_DENIED_AFTER = re.compile(
    r" (?:neither|none|nothing)\b"
    r"|(?: (?:and|or) \w{1,20})? (?:(?:(?:are|can|could|do|does|is|must|was|would)(?:n't| not)|cannot)\b"
    rf"|(?:are|is|was|(?:can|could|must) be) {_VERDICT})"
    rf"| ?[:=(–—-] ?(?:no\b|not true|{_VERDICT})(?= ?(?:$|[\n.,;)]))| ?\? ?no\b",
    re.IGNORECASE,
)
_DENIED_TOO = re.compile(r",?\s(?:n?or)(?:\s[\w-]{1,20}){0,3}\s", re.IGNORECASE)

_LEAD = (
    r"(?:(?:the|an?|it|it's|this|that|is|my|final|correct|best|right|most likely|clearly|hypothesis|relation(?:ship)?)"
    r"\b[\W_]{0,4}){0,6}"
)
_OPENING = re.compile(rf"(?:^|\n)[\W\d_]{{0,9}}{_LEAD}$", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:answer|label|class|classification|conclusion|relation(?:ship)?|verdict)\b"
    rf"[\W_]{{0,4}}(?:[:=>–—-]|\s(?:is|would be|must be|should be)\b)[\W_]{{0,4}}{_LEAD}$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;!?]\s[\W_]{0,4}$")
_AFTER_CLAUSE = re.compile(r"[\W_]*?(?:$|[\n.:;=]|\s[–—-]\s)")
_AFTER_OPENING = re.compile(
    r"[\W_]*?(?:$|[\n.,:;!(=–—-]|\s(?:as|because|due|given|since)\b|\s(?-i:[A-Z]))", re.IGNORECASE
)
_JOIN = re.compile(r"[\W_]{0,3}[,/&|][\W_]{0,3}(?:(?:an?|and|or)\s)?|\s(?:and|or|vs\.?)\s(?:an?\s)?", re.IGNORECASE)


def label(text: str, patterns: Mapping[str, re.Pattern[str]], *, is_cut: bool = False) -> Answer:
    """The one label a text picks by this module's rules; a text that picks none, or two different ones, is unparsed."""
    if not text.strip():
        return Unparsed(reason="empty")
    lines = (" ".join(line.split()) for line in text.replace("’", "'").splitlines())
    picked = _picked("\n".join(filter(None, lines)), patterns)
    if len(picked) == 1:
        return Parsed(value=picked.pop())
    return Unparsed(reason="no label" if not picked else "several labels")


def _picked(text: str, patterns: Mapping[str, re.Pattern[str]]) -> set[str]:
    stated: set[str] = set()
    mentioned: set[str] = set()
    before: re.Match[str] | None = None
    is_denied = is_stated = False
    for name, found in _mentions(text, patterns):
        between = text[before.end() : found.start()] if before else ""
        is_denied = _is_denied(text, found) or (is_denied and bool(_DENIED_TOO.fullmatch(between)))
        is_stated = _is_stated(text, found) or (is_stated and bool(_JOIN.fullmatch(between)))
        before = found
        if not is_denied:
            mentioned.add(name)
            stated.update({name} if is_stated else ())
    return stated or mentioned


def _mentions(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, re.Match[str]]]:
    found = [(name, match) for name, pattern in patterns.items() for match in pattern.finditer(text)]
    yield from sorted(found, key=lambda named: named[1].start())


def _is_denied(text: str, found: re.Match[str]) -> bool:
    return bool(_DENIED_AFTER.match(text, found.end())) or _is_denied_before(
        _CLAUSE_END.split(text[max(0, found.start() - _NEAR) : found.start()])[-1].casefold(), found[0].casefold()
    )


def _is_denied_before(clause: str, named: str) -> bool:
    """Whether the words before a label in its clause deny it; `named` is the label as written.

    "Not" does not reach over another verb ("the fact that he does not smoke contradicts it"), unless that one is
    inside what is denied ("I don't think it is neutral", "says nothing that contradicts").
    """
    is_new = named.endswith("s")
    is_inner = False
    distance = 0
    for word in reversed(_PHRASE.findall(clause)[-_N_WORDS:]):
        if word in _ELSE:
            return False
        if word in _ALWAYS or word.startswith("no ") or (is_inner and word in _UNTRUE):
            return True
        if word in _NOT or word.endswith("n't"):
            return not is_new or distance == 0
        if word in _NOT_NEXT or " " in word:
            return not is_new and distance < 4
        is_inner = is_inner or word in _INNER
        is_new = (is_new or word in _VERB) and word not in _INNER
        distance += not word.endswith("ly")
    return False


def _is_stated(text: str, found: re.Match[str]) -> bool:
    lead = text[max(0, found.start() - _NEAR) : found.start()]
    if _CLAUSE.search(lead) and _AFTER_CLAUSE.match(text, found.end()):
        return True
    return bool((_OPENING.search(lead) or _CUE.search(lead)) and _AFTER_OPENING.match(text, found.end()))
