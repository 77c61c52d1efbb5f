"""Stage 2 for options: every place where one is named, how it is said and how firmly it is given as the answer."""

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clue_lib.answers.mentions import cues, denials, lists, manner, option_ends, option_groups, option_names, slots
from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.option_groups import Called
from clue_lib.answers.mentions.option_names import Name
from clue_lib.answers.mentions.option_texts import Options
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import Slot, Standing
from clue_lib.answers.mentions.verdicts import Verdict
from clue_lib.types import Said, withheld


def find(passage: Passage, options: Options) -> list[Named]:
    """The mentions of options in the text's order."""
    names = option_names.find(passage, options)
    finder = _Finder(passage, options, _slots(passage, names))
    groups = option_groups.joined(passage, names, options)
    named = [mention for group in groups for mention in finder.read(group)]
    return lists.marked(passage, named, options.letters)


def _slots(passage: Passage, names: Sequence[Name]) -> dict[int, Slot]:
    """The passage's slots, and those that "but" hands on from one name to the next."""
    found = slots.find(passage, "option_noun")
    for before, name in itertools.pairwise(names):
        if before.start in found and option_groups.is_handed_on(passage, before, name):
            found.setdefault(name.start, found[before.start])
    return found


@withheld
@dataclass(frozen=True, slots=True)
class _Finder:
    passage: Passage
    options: Options
    slots: dict[int, Slot]

    def read(self, group: Sequence[Called]) -> list[Named]:
        """What is said of each name of a group, from the first on that is meant: "a" may be an article."""
        texts: list[Named] = []
        for place, called in enumerate(group):
            slot = self._slot(called.name)
            if self._is_meant(group, place, slot):
                return texts + self._said_of(group[place:], slot)
            if called.name.own:
                texts.append(_bare(called.name.own))
        return texts

    def _said_of(self, group: Sequence[Called], slot: Slot | None) -> list[Named]:
        standing = self._standing(group, slot)
        named = [self._named(group, called, standing, slot) for called in group]
        for place, called in enumerate(group):
            n = option_groups.n_called(group[: place + 1], called.verdict) if called.verdict else 0
            for each in range(place + 1 - n, place + 1):
                named[each] = _with_verdict(named[each], called.verdict)
        return named

    def _slot(self, name: Name) -> Slot | None:
        """The slot in which a name stands; its bracket may stand before it."""
        written = self.passage.text[name.start : name.end]
        n_before = len(written) - len(written.lstrip("([ "))
        found = [self.slots[at] for at in range(name.start, name.start + n_before + 1) if at in self.slots]
        return max(found, key=lambda slot: slot.standing, default=None)

    def _is_meant(self, group: Sequence[Called], place: int, slot: Slot | None) -> bool:
        """Whether what looks like an option's letter stands for one: not an article, not a part of a name."""
        name, verdict = group[place].name, group[-1].verdict
        if name.form == "text" or (name.form == "both" and not name.own):
            return True
        if not self._may_stand(name, slot):
            return False
        is_listed = place + 1 < len(group)
        if slot is not None and (is_listed or verdict is not None or option_ends.is_ended(self.passage, name)):
            return True
        if name.form == "letter" and (name.is_bracketed or self._follows(_noun(), name)):
            return True
        is_subject = verdict is not None and self._follows(_opener(), name)
        return is_subject or lists.is_inline(self.passage, name.start)

    def _may_stand(self, name: Name, slot: Slot | None) -> bool:
        """Whether a letter in lower case, or beyond the last option, may be meant: only where an answer begins."""
        if name.values[0] in self.options.letters:
            return True
        return (
            slot is not None
            and slot.place in ("cue", "box", "tag", "opening", "line")
            and not _NAMES_ANOTHER.match(self.passage.text, name.start)
        )

    def _follows(self, pattern: re.Pattern[str], name: Name) -> bool:
        return pattern.search(self.passage.lower, max(0, name.start - 40), name.start) is not None

    def _standing(self, group: Sequence[Called], slot: Slot | None) -> Standing:
        last = group[-1]
        if slot is None or self._may_go_on(last.name):
            return Standing.BARE
        is_list_with_verdict = len(group) > 1 and last.verdict is not None
        holds = is_list_with_verdict or option_ends.fits(self.passage, last.name, slot.place)
        return slot.standing if holds else Standing.BARE

    def _may_go_on(self, name: Name) -> bool:
        """Whether the limit cut the text behind an own text with which another option's begins."""
        is_last = self.passage.is_cut and name.end == len(self.passage.text)
        return is_last and name.form == "text" and name.values[0] in self.options.begun

    def _named(self, group: Sequence[Called], called: Called, standing: Standing, slot: Slot | None) -> Named:
        said = self._said(group, called, standing, slot)
        rule = slots.RULES[slot.place] if slot and standing else "named"
        return replace(_bare(called.name), said=said, standing=standing, rule=rule)

    def _said(self, group: Sequence[Called], called: Called, standing: Standing, slot: Slot | None) -> Said:
        first, last = group[0].name, group[-1].name
        if denials.is_denied_before(self.passage, first.start):
            return "denied"
        if slot is not None and slot.said in ("denied", "listed"):
            return slot.said
        is_right = called.verdict is not None and called.verdict.kind == "right"
        is_concluded = is_right or standing >= Standing.CONCLUDED
        said = manner.of(self.passage, first.start, last.end, is_concluded=is_concluded)
        is_hedged = self._follows(_hedge(), first) or (slot is not None and slot.said == "hedged")
        return "hedged" if said == "asserted" and is_hedged else said


def _bare(name: Name) -> Named:
    return Named(
        values=tuple(value.upper() for value in name.values),
        start=name.start,
        end=name.end,
        form=name.form,
        said="asserted",
        standing=Standing.BARE,
        rule="named",
    )


def _with_verdict(named: Named, verdict: Verdict | None) -> Named:
    """The mention with what the verdict behind it says."""
    if verdict is None:
        return named
    if verdict.kind == "wrong":
        return replace(named, said="denied")
    is_concluded = named.standing >= Standing.CONCLUDED
    if named.said not in ("asserted", "hedged") or (is_concluded and verdict.kind == "likely"):
        return named
    said: Said = "hedged" if verdict.kind == "likely" else "asserted"
    rule = named.rule if is_concluded else f"called {verdict.kind}"
    return replace(named, said=said, standing=max(named.standing, Standing.CONCLUDED), rule=rule)


_NAMES_ANOTHER = re.compile(r"[A-Z]\s?:\s?[(\[]?[A-Za-z](?!\w)|Q\s?\d{0,3}\s?[.:]")
"""A letter that introduces a question or an answer instead of being one: "Q: C"."""


@functools.cache
def _noun() -> re.Pattern[str]:
    """The word "option" right before a letter."""
    return re.compile(rf"{cues.any_of('noun')}\s?[(\[]?\Z")


@functools.cache
def _opener() -> re.Pattern[str]:
    """What a clause begins with: a mark, or a word such as "only" or "because"."""
    return re.compile(rf"(?:^|[.,;:!?(\n⟦⟪–—→]\s?|{cues.any_of('lead', 'opener')}\s)\Z")


@functools.cache
def _hedge() -> re.Pattern[str]:
    return re.compile(rf"{cues.any_of('hedge')}\W{{1,3}}\Z")
