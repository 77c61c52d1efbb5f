"""The ICD-10-CM codes that a text names."""

from clue_lib.answers import reading
from clue_lib.answers.plain import Normal, normalise
from clue_lib.terminology import icd_mentions
from clue_lib.types import Answer, Evidence, Example, Mention, Parsed


def icd_codes(text: str, example: Example | None = None, *, is_cut: bool = False) -> Answer:
    """The distinct ICD-10-CM codes that a text names, canonical, in order of first appearance; existing or not.

    Every one counts: the task asks for codes alone, and what a sentence means by one is beyond a reader. Unparsed:
    "empty" (nothing but white space), "its thought never ended", "no code".
    """
    normal = normalise(text)
    if normal is None or not normal.text:
        return reading.nothing("its thought never ended" if normal is None else "empty")
    found = icd_mentions.find(normal.text)
    if not found:
        return reading.nothing("no code")
    first, last = normal.span(found[0].start, found[-1].end)
    named = tuple(_mention(normal, each) for each in found[: reading.N_KEPT])
    evidence = Evidence(rule="every code", start=first, end=last, mentions=named)
    return Parsed(value=tuple(dict.fromkeys(each.code for each in found)), evidence=evidence)


def _mention(normal: Normal, found: icd_mentions.CodeMention) -> Mention:
    start, end = normal.span(found.start, found.end)
    return Mention(value=found.code, start=start, end=end, form="code", said="asserted")
