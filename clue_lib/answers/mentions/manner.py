"""How a mention is said that no verdict stands behind: asked, under a condition, as another's opinion, as a step.

Cues stand before a mention in its sentence, and reach as far as a word that turns the sentence ("but", "so").
"""

import functools
import re

from clue_lib.answers.mentions import cues, verdicts
from clue_lib.answers.mentions.passage import Passage
from clue_lib.types import Said


def of(passage: Passage, start: int, end: int, *, is_concluded: bool) -> Said:
    """How the mention is said; "asserted" where nothing speaks against it.

    What "consider" or "whether" announces is a step; behind "the answer is" (`is_concluded`) these say nothing.
    """
    before, after = passage.before(start), passage.after(start, end)
    is_affirmed = verdicts.affirmed().match(passage.lower, end) is not None
    if not is_affirmed and _asks(before, after, is_last=end + len(after) >= len(passage.text)):
        return "asked"
    reaching = _reach().split(_no_condition().sub(" ", before))[-1]
    if _condition().search(reaching) or _condition_behind().match(after):
        return "weighed"
    if not is_concluded and _check().search(reaching):
        return "weighed"
    return "asserted"


def _asks(before: str, after: str, *, is_last: bool) -> bool:
    if _ASKED.match(after):
        return True
    is_open = is_last and not _ENDED.search(after)
    return is_open and _question().match(before) is not None


_ASKED = re.compile(r"[^.!?;:\n]*\?")
_ENDED = re.compile(r"[.!?;:\n]")


@functools.cache
def _question() -> re.Pattern[str]:
    """How a question begins: its verb before its subject."""
    return re.compile(
        rf"\W*(?:{cues.any_of('question_word')}|{cues.any_of('question_verb')}\s{cues.any_of('subject')})"
    )


@functools.cache
def _reach() -> re.Pattern[str]:
    return re.compile(rf"[;–—]|\s-\s|{cues.any_of('reach')}")


@functools.cache
def _no_condition() -> re.Pattern[str]:
    return re.compile(cues.any_of("no_condition"))


@functools.cache
def _condition() -> re.Pattern[str]:
    return re.compile(cues.any_of("condition", "report", "unless"))


@functools.cache
def _condition_behind() -> re.Pattern[str]:
    return re.compile(rf"[^\w,;.:\n]*(?:\w+\s){{0,3}}?{cues.any_of('condition_behind')}")


@functools.cache
def _check() -> re.Pattern[str]:
    return re.compile(cues.any_of("check"))
