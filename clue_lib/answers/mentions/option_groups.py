"""Which names of options are joined: "A, B and C" is said of all three, and so is what stands before and behind."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clue_lib.answers.mentions import cues, option_ends, verdicts
from clue_lib.answers.mentions.option_names import Name
from clue_lib.answers.mentions.option_texts import Options
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.verdicts import Verdict
from clue_lib.types import withheld


@withheld
@dataclass(frozen=True, slots=True)
class Called:
    """A name with the verdict behind it, if there is one."""

    name: Name
    verdict: Verdict | None


def joined(passage: Passage, names: Sequence[Name], options: Options) -> list[list[Called]]:
    """The names in groups, in the text's order."""
    groups: list[list[Called]] = []
    for name in names:
        is_negative = name.values[0].upper() in options.negative
        called = Called(name, verdicts.behind(passage.lower, name.end, is_negative=is_negative))
        if groups and _is_joined(passage, groups[-1][-1], called):
            groups[-1].append(called)
        else:
            groups.append([called])
    return groups


def n_called(group: Sequence[Called], verdict: Verdict) -> int:
    """Of how many of a group's last names the verdict behind it is: of all in order if it is plural, else of one.

    In "C, A and B are wrong" it is of A and B.
    """
    if not verdict.is_plural:
        return 1
    letters = [called.name.values[0].upper() for called in group]
    n = 1
    while n < len(group) and letters[-n - 1] < letters[-n]:
        n += 1
    return n


def is_handed_on(passage: Passage, before: Name, name: Name) -> bool:
    """Whether "but" hands on to a name what was to be said of the one before: "the answer is not A but C"."""
    return _but().fullmatch(passage.lower, before.end, name.start) is not None


def _is_joined(passage: Passage, before: Called, called: Called) -> bool:
    """Whether a name is joined to the one before it and ends there; a clause on that one ends the group."""
    if before.verdict and before.verdict.is_clause:
        return False
    name, end = called.name, _end(passage, before)
    if name.is_lower != before.name.is_lower or not _has_join(passage, before.name, end, name):
        return False
    is_followed = _in_list().match(passage.lower, name.end) is not None
    return is_followed or called.verdict is not None or option_ends.is_ended(passage, name)


def _end(passage: Passage, called: Called) -> int:
    """Where a name ends with its verdict or with a remark in brackets: "A (less likely)", "A (10%)"."""
    end = called.verdict.end if called.verdict else called.name.end
    remark = _REMARK.match(passage.text, end)
    return remark.end() if remark else end


def _has_join(passage: Passage, before: Name, end: int, name: Name) -> bool:
    if "text" in (before.form, name.form):
        return _join_of_texts().fullmatch(passage.lower, end, name.start) is not None
    space = _SPACE.fullmatch(passage.text, end, name.start) if name.is_bracketed else None
    return bool(space or _join_of_letters().fullmatch(passage.lower, end, name.start))


_SPACE = re.compile(r"[ \t]?")
_REMARK = re.compile(r"[ \t]?\((?![A-Za-z]\))[^()\n]{0,80}\)|\)")


@functools.cache
def _join_of_letters() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t]?[,/&+>][ \t]?(?:{cues.any_of('and')}[ \t])?|[ \t]{cues.any_of('and')}[ \t]|[ \t]?:[ \t]?"
    )


@functools.cache
def _join_of_texts() -> re.Pattern[str]:
    return re.compile(rf"[ \t]?[,/&+;][ \t]?(?:{cues.any_of('and')}[ \t])?|[ \t]{cues.any_of('and')}[ \t]")


@functools.cache
def _in_list() -> re.Pattern[str]:
    """Another letter behind a comma or "and"."""
    return re.compile(
        rf"[ \t]?(?:[,/&+;>][ \t]?(?:{cues.any_of('and')}[ \t])?|{cues.any_of('and')}[ \t])[(\[]?[a-z](?![\w'])"
    )


@functools.cache
def _but() -> re.Pattern[str]:
    return re.compile(rf"[)\]]*,?[ \t]{cues.any_of('but')}[ \t]")
