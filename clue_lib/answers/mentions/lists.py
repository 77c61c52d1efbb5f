"""Lists of options that a text goes through: their items are no picks unless they are called right."""

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clue_lib.answers.mentions import cues
from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.passage import NEAR, Passage, has_between
from clue_lib.answers.mentions.slots import RULES, Standing


def marked(passage: Passage, named: Sequence[Named], letters: str) -> list[Named]:
    """The same mentions; said as "listed" where they are items of a list that nothing calls right or wrong."""
    listed = {place for run in _lists(passage, named, letters) for place in run}
    return [
        replace(each, said="listed")
        if _is_open(each) and (place in listed or _is_bulleted_text(passage, each))
        else each
        for place, each in enumerate(named)
    ]


def is_inline(passage: Passage, start: int) -> bool:
    """Whether a letter is an item inside of a line that begins with one: "A: 10%, B: 20%"."""
    item = _ITEM.match(passage.text, start)
    if item is None or _ITEM_LINE.match(passage.line_before(start)) is None:
        return False
    is_followed = _GOES_ON.match(passage.text, item.end()) is not None
    return is_followed and ("." not in item[0] or _ITEM_ENDS.search(passage.line_before(start)) is not None)


def _is_open(named: Named) -> bool:
    return named.said in ("asserted", "hedged") and named.standing < Standing.CONCLUDED


def _lists(passage: Passage, named: Sequence[Named], letters: str) -> Iterator[list[int]]:
    """The places of each list's items."""
    conclusions = [each.end for each in named if each.standing >= Standing.CONCLUDED]
    for run in _runs(passage, named, letters):
        first = named[run[0]]
        if len(run) > 1:
            is_explained = _GOES_ON.match(passage.text, named[run[1]].end) is not None
            yield run[1:] if is_explained and _is_answer(first) else run
        elif first.values[0] == "A" and (_is_announced(passage, conclusions, first) or _is_broken_off(passage, first)):
            yield run


def _is_answer(first: Named) -> bool:
    """Whether a first item is an answer that the others explain: another option than A, alone with its own text."""
    return first.values[0] != "A" and first.form == "both" and first.standing is Standing.STATED


def _runs(passage: Passage, named: Sequence[Named], letters: str) -> Iterator[list[int]]:
    """Items in the letters' order, as places in `named`; a conclusion, or an explanation's heading, ends a run."""
    run: list[int] = []
    for place, each in enumerate(named):
        is_concluded = each.rule == RULES["cue"]
        is_item = not is_concluded and (_is_item(passage, each, letters) or _is_next(passage, named, run, each))
        if run and ((is_concluded and each.counts) or (is_item and not _goes_on(passage, named[run[-1]], each))):
            yield run
            run = []
        if is_item:
            run.append(place)
    if run:
        yield run


def _is_item(passage: Passage, named: Named, letters: str) -> bool:
    item = _ITEM.match(passage.text, named.start)
    if named.form == "text" or named.values[0] not in letters or item is None:
        return False
    if named.form == "letter" and _GOES_ON.match(passage.text, item.end()) is None:
        return False
    return _LINE_START.fullmatch(passage.line_before(named.start)) is not None or is_inline(passage, named.start)


def _is_next(passage: Passage, named: Sequence[Named], run: Sequence[int], each: Named) -> bool:
    """Whether the text breaks off behind the letter of a list's next item.

    Behind an item that was called wrong it is one only where the limit cut the text; else it answers.
    """
    if not run or passage.text[each.end : each.end + NEAR].strip(" .):"):
        return False
    last = named[run[-1]]
    is_line = _LINE_START.fullmatch(passage.line_before(each.start)) is not None
    is_after = ord(each.values[0][0]) == ord(last.values[0]) + 1
    return is_line and is_after and (passage.is_cut or last.said != "denied")


def _goes_on(passage: Passage, before: Named, item: Named) -> bool:
    """Whether an item belongs to the list of the one before it: a later letter, and no explanation has begun."""
    is_later = before.values[0] < item.values[0]
    return is_later and not has_between(passage.headings, before.end, item.start)


def _is_announced(passage: Passage, conclusions: Sequence[int], item: Named) -> bool:
    """Whether a line with a colon, or "each option" behind the last conclusion, announces a list."""
    if _AFTER_COLON.search(passage.text, max(0, item.start - NEAR), item.start):
        return True
    n_before = bisect.bisect_right(conclusions, item.start)
    return has_between(passage.intros, conclusions[n_before - 1] if n_before else 0, item.start)


def _is_broken_off(passage: Passage, item: Named) -> bool:
    """Whether the text breaks off while it is still speaking of its first item: "A. Acute pancreatitis would cause"."""
    after = passage.after(item.start, item.end)
    is_last = item.end + len(after) == len(passage.text)
    is_open = _OPEN_SENTENCE.fullmatch(after) is not None and _reason().match(after) is None
    return is_last and item.form == "both" and is_open


def _is_bulleted_text(passage: Passage, named: Named) -> bool:
    """Whether an own text is an item of a bulleted or numbered list that a line with a colon announces."""
    if named.form != "text" or named.rule == RULES["cue"]:
        return False
    return _BULLETED.search(passage.text, max(0, named.start - 2 * NEAR), named.start) is not None


_LEAD = r"[^\w\n(\[]*(?:\d{1,2}[.)]\s)?(?:(?i:option|choice)\s)?"
_ITEM = re.compile(r"[(\[]?([A-Z])(?:\s?[).:\]|]{1,2}(?=\s|$)|\s?[=–—]|\s-\s)")
_LINE_START = re.compile(_LEAD)
_ITEM_LINE = re.compile(_LEAD + _ITEM.pattern)
_ITEM_ENDS = re.compile(r"[,;.%)]\s?$")
_GOES_ON = re.compile(r"[^\S\n]*\S")
_OPEN_SENTENCE = re.compile(r"\s\w[^.!?\n]*")
_AFTER_COLON = re.compile(r":\s*\n[^\w\n(\[]*\Z")
_BULLET = r"(?:\d{1,2}[.)]|[•–—-])\s"
_BULLETED = re.compile(rf":\n(?:{_BULLET}[^\n]*\n)*{_BULLET}\Z")


@functools.cache
def _reason() -> re.Pattern[str]:
    return re.compile(rf"\s{cues.any_of('text_reason')}")
