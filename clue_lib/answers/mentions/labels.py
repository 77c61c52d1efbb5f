"""Stage 2 for labels: every place where one is named, how it is said and how firmly it is given as the answer.

A label is concluded behind "answer:" or "label is". It is stated where it begins the text, a line or a sentence and a
mark or a reason follows. What "or", "and" or a comma joins to a stated one is stated too. Elsewhere it is named.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from clue_lib.answers.mentions import cues, denials, manner, slots, verdicts
from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import Slot, Standing
from clue_lib.types import Said

Patterns = Mapping[str, re.Pattern[str]]


def find(passage: Passage, patterns: Patterns) -> list[Named]:
    """The mentions of labels in the text's order."""
    places = slots.find(passage, "label_noun")
    named: list[Named] = []
    for name, found in _matches(passage, patterns):
        mention = _named(passage, places.get(found.start()), name, found)
        named.append(_joined(passage, named[-1], mention) if named else mention)
    return named


def _matches(passage: Passage, patterns: Patterns) -> Iterator[tuple[str, re.Match[str]]]:
    found = [(name, match) for name, pattern in patterns.items() for match in pattern.finditer(passage.text)]
    yield from sorted(found, key=lambda named: named[1].start())


def _named(passage: Passage, slot: Slot | None, name: str, found: re.Match[str]) -> Named:
    start, end = found.span()
    standing = _standing(passage, slot, end)
    said = _said(passage, slot, standing, found)
    verdict = verdicts.behind(passage.lower, end, is_negative=True)
    if verdict and verdict.kind == "right" and said in ("asserted", "hedged"):
        standing = max(standing, Standing.CONCLUDED)
    rule = slots.RULES[slot.place] if slot and standing > Standing.NAMED else "named"
    return Named(values=(name,), start=start, end=end, form="label", said=said, standing=standing, rule=rule)


def _standing(passage: Passage, slot: Slot | None, end: int) -> Standing:
    if slot is None or slot.place == "finding":
        return Standing.NAMED
    is_clause = slot.place in ("sentence", "clause", "pronoun")
    after = _AFTER_CLAUSE if is_clause else _after_opening()
    return slot.standing if after.match(passage.text, end) else Standing.NAMED


def _said(passage: Passage, slot: Slot | None, standing: Standing, found: re.Match[str]) -> Said:
    start, end = found.span()
    named = passage.lower[start:end]
    verdict = verdicts.behind(passage.lower, end, is_negative=True)
    is_wrong = verdict is not None and verdict.kind == "wrong"
    if is_wrong or _denied_behind().match(passage.lower, end) or denials.is_denied_before(passage, start, named):
        return "denied"
    if standing > Standing.NAMED and slot and slot.said != "asserted":
        return slot.said
    if standing is Standing.NAMED and _defined().match(passage.lower, end):
        return "weighed"
    said = manner.of(passage, start, end, is_concluded=standing >= Standing.CONCLUDED)
    return "hedged" if said == "asserted" and _hedge().search(passage.before(start)) else said


def _joined(passage: Passage, before: Named, mention: Named) -> Named:
    """The mention with what is said of the one before it, where words join the two."""
    between = passage.text[before.end : mention.start]
    if before.said == "denied" and _DENIED_TOO.fullmatch(between):
        return replace(mention, said="denied")
    if before.standing > mention.standing and _JOIN.fullmatch(between):
        return replace(mention, standing=before.standing, rule=before.rule)
    return mention


_AFTER_CLAUSE = re.compile(r"[\W_]{0,5}?(?:$|[\n.:;=⟧⟫]|\s[–—-]\s)")
_DENIED_TOO = re.compile(r",?\s(?:n?or)(?:\s[\w-]{1,20}){0,3}\s", re.IGNORECASE)
_JOIN = re.compile(r"[\W_]{0,3}[,/&|][\W_]{0,3}(?:(?:an?|and|or)\s)?|\s(?:and|or|vs\.?)\s(?:an?\s)?", re.IGNORECASE)


@functools.cache
def _after_opening() -> re.Pattern[str]:
    reason = cues.any_of("letter_reason")
    return re.compile(rf"[\W_]{{0,5}}?(?:$|[\n.,:;!(=–—⟧⟫-]|\s{reason}|\s[A-Z])")


@functools.cache
def _denied_behind() -> re.Pattern[str]:
    """Such as "isn't", "can be excluded", ": no", "? No"."""
    negated, wrong = cues.any_of("negated"), cues.any_of("wrong")
    is_ = rf"(?:{cues.any_of('is')}|(?:can|could|must)\sbe)"
    return re.compile(
        rf"\s(?:neither|none|nothing)\b|(?:\s(?:and|or)\s\w{{1,20}})?\s(?:{negated}|{is_}\s{wrong})"
        rf"|\s?[:=(–—-]\s?(?:no\b|not\strue|{wrong})(?=\s?(?:$|[\n.,;)]))|\s?\?\s?no\b"
    )


@functools.cache
def _defined() -> re.Pattern[str]:
    return re.compile(rf"\s{cues.any_of('defines')}")


@functools.cache
def _hedge() -> re.Pattern[str]:
    return re.compile(rf"{cues.any_of('hedge', 'maybe')}\W+(?:an?\s)?$")
