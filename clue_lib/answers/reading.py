"""The frame of every reading: the text made plain before, the decision and its evidence after."""

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clue_lib.answers import decide
from clue_lib.answers.mentions import cues
from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import Standing
from clue_lib.answers.plain import Normal, lower, normalise, plain
from clue_lib.types import Answer, Evidence, Example, Parsed, Unparsed, withheld

N_KEPT = 1_000
"""Mentions that are kept as evidence: a text that names more is a loop."""

N_QUOTED = range(20, 4_001)
"""Characters of a prompt's field that is looked for as a quotation: a shorter one recurs by chance, a longer one is a
document, which no task's answer has room for."""


@withheld
@dataclass(frozen=True, slots=True)
class Started:
    """A text made plain, its sentences, and the places of what it quotes from the prompt."""

    normal: Normal
    passage: Passage
    quoted: tuple[tuple[int, int], ...]


def start(text: str, example: Example | None, *, is_cut: bool) -> Started | Unparsed:
    """The text ready for its mentions to be found, or why there is nothing to read."""
    normal = normalise(text)
    if normal is None or not normal.text:
        return nothing("its thought never ended" if normal is None else "empty")
    normal = normal.ends()
    return Started(normal, Passage.of(normal, is_cut=is_cut), tuple(_quotations(normal, example)) if example else ())


def nothing(reason: str) -> Unparsed:
    """No answer from a text that names nothing."""
    return Unparsed(reason=reason, evidence=Evidence(rule=reason))


def finish(started: Started, named: Sequence[Named], kind: str) -> Answer:
    """The answer that the mentions decide; `kind` is what they name, "option" or "label", for the reason if none."""
    named = [replace(each, said="quoted") if _is_quoted(started, each) else each for each in named]
    picks = decide.picked(started.passage, named)
    mentions = tuple(each.mention(started.normal) for each in named[:N_KEPT])
    if _is_several(named, picks):
        return Unparsed(reason=f"several {kind}s", evidence=Evidence(rule=f"several {kind}s", mentions=mentions))
    if not picks or _is_cut_before(started, picks):
        rule = "cut before an answer" if picks else f"no {kind}"
        return Unparsed(reason=f"no {kind}", evidence=Evidence(rule=rule, mentions=mentions))
    ((value, decided),) = picks.items()
    first, last = started.normal.span(decided.start, decided.end)
    return Parsed(value=value, evidence=Evidence(rule=decided.rule, start=first, end=last, mentions=mentions))


def _is_several(named: Sequence[Named], picks: Collection[str]) -> bool:
    """Whether several are picked, or none and a list goes through several."""
    return len(picks) > 1 or (
        not picks and len({each.values for each in named if each.said in ("listed", "quoted")}) > 1
    )


def _is_cut_before(started: Started, picks: Mapping[str, Named]) -> bool:
    """Whether the text ends in the middle of a sentence and only names something on the way there."""
    is_unfinished = started.passage.is_cut or _unfinished().search(started.normal.lower[-40:]) is not None
    return is_unfinished and all(each.standing is Standing.NAMED for each in picks.values())


def _quotations(normal: Normal, example: Example) -> Iterator[tuple[int, int]]:
    """Where the text repeats a whole field of the prompt."""
    for field in example.fields.values():
        if len(field) in N_QUOTED and len(normal.text) >= N_QUOTED.start:
            quoted = lower(plain(field))
            found = normal.lower.find(quoted)
            while found >= 0 and quoted:
                yield found, found + len(quoted)
                found = normal.lower.find(quoted, found + len(quoted))


def _is_quoted(started: Started, named: Named) -> bool:
    return any(first <= named.start and named.end <= last for first, last in started.quoted)


@functools.cache
def _unfinished() -> re.Pattern[str]:
    """A text that ends with a word with which no sentence ends."""
    return re.compile(rf"{cues.any_of('unfinished')}$")
