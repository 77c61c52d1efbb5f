"""Stage 3: which of a text's mentions is its answer.

Explicit conclusions go before statements, these before bare mentions; a statement that opens the text or stands on a
line of its own is as explicit as a conclusion, the form that tasks ask for. A later one of equal standing replaces an
earlier one where words between them turn ("wait", "actually", "but", "so"); without such words two different ones are
refused. What is denied, asked, weighed, listed or quoted is no answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.passage import Passage, has_between
from clue_lib.answers.mentions.slots import RULES, Standing
from clue_lib.types import withheld

_WORD = re.compile(r"(?!and\b|or\b)\b\w{2}")
_AS_ASKED = (RULES["opening"], RULES["line"])
_ALSO_NEAR = 60
"""Characters behind a mention in which "also" and the like say that it joins the one before instead of replacing it."""


@withheld
@dataclass(slots=True)
class Picks:
    """What is picked so far: the last mention of each value."""

    by_value: dict[str, Named] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        """The firmest of them."""
        return max((each.standing for each in self.by_value.values()), default=Standing.BARE)

    @property
    def n_places(self) -> int:
        """How many places pick something: several where statements go through the values one by one."""
        return len({each.start for each in self.by_value.values()})

    @property
    def is_explicit(self) -> bool:
        """Whether it is one value, and concluded without doubt."""
        is_concluded = self.standing >= Standing.CONCLUDED and self.last.said == "asserted"
        return len(self.by_value) == 1 and is_concluded

    @property
    def last(self) -> Named:
        """The one that stands last in the text."""
        return max(self.by_value.values(), key=lambda each: each.end)


def picked(passage: Passage, named: Sequence[Named]) -> dict[str, Named]:
    """The values that the text picks, with the mention that decided each: one where it answers, several where not."""
    picks = Picks()
    for mention in named:
        if mention.counts:
            _weigh(passage, picks, mention)
    return picks.by_value


def _weigh(passage: Passage, picks: Picks, mention: Named) -> None:
    if picks.by_value and _is_weaker(passage, picks, mention):
        return
    if picks.by_value and _replaces(passage, picks, mention):
        picks.by_value.clear()
    for value in mention.values:
        before = picks.by_value.get(value)
        if before is None or mention.standing >= before.standing:
            picks.by_value[value] = mention


def _is_weaker(passage: Passage, picks: Picks, mention: Named) -> bool:
    """Whether a mention says nothing beside what is picked already."""
    if set(mention.values) <= set(picks.by_value):
        return False
    if picks.standing is Standing.FINAL > mention.standing or mention.standing is Standing.NAMED < picks.standing:
        return True
    if mention.standing is Standing.STATED and has_between(passage.headings, picks.last.end, mention.start):
        return True
    if _is_aside(mention) and picks.is_explicit and not _turns(passage, picks.last, mention):
        return True
    is_hedged = mention.said == "hedged" and picks.last.said == "asserted"
    return is_hedged and mention.standing <= picks.standing


def _replaces(passage: Passage, picks: Picks, mention: Named) -> bool:
    """Whether a mention takes the place of all that is picked."""
    if set(mention.values) == set(picks.by_value):
        return False
    is_overruled = mention.standing is Standing.FINAL or picks.standing is Standing.NAMED or picks.n_places > 1
    is_overruled = is_overruled or (_is_aside(picks.last) and mention.said == "asserted")
    if mention.standing > picks.standing and is_overruled:
        return True
    if picks.last.said == "hedged" and mention.said == "asserted" and mention.standing >= picks.standing:
        return True
    return _turns(passage, picks.last, mention)


def _is_aside(mention: Named) -> bool:
    """Whether a statement stands somewhere in running text."""
    return mention.standing is Standing.STATED and mention.rule not in _AS_ASKED


def _turns(passage: Passage, before: Named, mention: Named) -> bool:
    """Whether words between two mentions take the earlier one back."""
    between = before.end, mention.start
    if mention.rule == before.rule == RULES["box"] and _WORD.search(passage.lower, *between):
        return True
    if has_between(passage.questions, *between) or mention.standing is Standing.NAMED < before.standing:
        return False
    first, last = passage.sentence(mention.start, mention.end)
    if has_between(passage.additions, max(first, before.end), min(last, mention.end + _ALSO_NEAR)):
        return False
    return has_between(passage.turns, *between)
