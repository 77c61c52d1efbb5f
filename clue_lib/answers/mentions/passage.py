"""An answer's sentences, and where in it a cue changes what holds: turns, headings, announcements of a list."""

import bisect
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clue_lib.answers.mentions import cues
from clue_lib.answers.plain import Normal
from clue_lib.types import withheld

NEAR = 200
"""Characters on either side of a mention that are looked at, so that a long sentence costs no more than its length."""


@withheld
@dataclass(frozen=True, slots=True)
class Passage:
    """A plain text, the same in lower case, and the places, ascending, where sentences begin and cues stand.

    `is_cut` where the token limit ended the text. The cues: turns ("wait", "actually"), additions ("also"),
    questions that follow, headings of explanations, and intros of lists ("each option").
    """

    text: str
    lower: str
    is_cut: bool
    sentences: list[int]
    turns: list[int]
    additions: list[int]
    questions: list[int]
    headings: list[int]
    intros: list[int]

    @classmethod
    def of(cls, normal: Normal, *, is_cut: bool = False) -> "Passage":
        """The passage of an answer; `is_cut` where the token limit ended it."""
        patterns = _patterns()
        places = {name: [found.start() for found in patterns[name].finditer(normal.lower)] for name in patterns}
        sentences = [0, *(found.end() for found in _SENTENCE_END.finditer(normal.text))]
        return cls(text=normal.text, lower=normal.lower, is_cut=is_cut, sentences=sentences, **places)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence of a mention begins and where it ends, but no farther than NEAR."""
        begins = self.sentences[bisect.bisect_right(self.sentences, start) - 1]
        following = bisect.bisect_left(self.sentences, max(end, begins + 1))
        ends = self.sentences[following] if following < len(self.sentences) else len(self.text)
        return max(begins, start - NEAR), min(ends, end + NEAR)

    def before(self, start: int) -> str:
        """The words of a mention's sentence that stand before it, in lower case."""
        return self.lower[self.sentence(start, start + 1)[0] : start]

    def after(self, start: int, end: int) -> str:
        """What of a mention's sentence stands behind it, in lower case, with the mark that ends the sentence."""
        return self.lower[end : self.sentence(start, end)[1]]

    def line_before(self, place: int) -> str:
        """What of the line stands before a place, as far as NEAR."""
        begin = max(self.text.rfind("\n", max(0, place - NEAR), place) + 1, place - NEAR, 0)
        return self.text[begin:place]


def has_between(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of these ascending places lies in the range."""
    at = bisect.bisect_left(places, start)
    return at < len(places) and places[at] < end


_ABBREVIATION = r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bFig)(?<!\bca)"
_SENTENCE_END = re.compile(rf"[\n⟦⟧⟪⟫]+|{_ABBREVIATION}(?<![.!?])[.!?]+[)\]]*\s+(?![a-z])")


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    head = cues.any_of("heading")
    no_of = "".join(rf"(?<!{word}\s)" for word in cues.phrases("intro_of"))
    return {
        "turns": re.compile(cues.any_of("turn")),
        "additions": re.compile(cues.any_of("also")),
        "questions": re.compile(rf"^[^\w\n]*{cues.any_of('runs_on')}\s?\d*\s?(?:\n|[:.]\s)", re.MULTILINE),
        "headings": re.compile(rf"^[^\w\n]*(?:the\s)?{head}(?:\s?:|[^\n.:]{{0,60}}:|\s?$)", re.MULTILINE),
        "intros": re.compile(no_of + cues.any_of("intro")),
    }
