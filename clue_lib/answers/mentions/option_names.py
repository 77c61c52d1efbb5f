"""Where a plain text names options: by letter, by their own text, or by both.

A letter alone is only a candidate: whether "A" is the first option or an article is for its surroundings to say.
"""

import functools
import re
from dataclasses import dataclass

from clue_lib.answers.mentions import cues, slot_cues
from clue_lib.answers.mentions.option_texts import Options
from clue_lib.answers.mentions.passage import Passage
from clue_lib.types import Form, withheld


@withheld
@dataclass(frozen=True, slots=True)
class Name:
    """A place that names an option by letter, by its own text or by both; `start` and `end` include its brackets.

    Where a letter stands with another option's own text, `values` has both and `own` is the text alone.
    """

    values: tuple[str, ...]
    start: int
    end: int
    form: Form
    own: "Name | None" = None

    @property
    def is_lower(self) -> bool:
        """Whether it is a letter in lower case."""
        return self.form == "letter" and self.values[0].islower()

    @property
    def is_bracketed(self) -> bool:
        """Whether it is a letter in brackets."""
        return self.form == "letter" and self.end - self.start > 1


_LATIN = "0-9A-Za-z\u00c0-\u024f"
_LETTER = re.compile(rf"(?<![{_LATIN}'])(?<![{_LATIN}]-)([A-Za-z])(?![{_LATIN}]|'[A-Za-z]|-[{_LATIN}])")
_OPENS = re.compile(r"[(\[]\s?$")
_WORD_BEFORE_BRACKET = re.compile(r"\w\($")
_CLOSES = re.compile(r"\s?[)\]]")
# Between a letter and its own text: a mark, brackets, or nothing but a space.
_TO_TEXT = re.compile(r"[ \t.,):(\]\[–—=|-]{0,6}(?:(?<=\W\s)(?:[Tt]he|[Aa]n?)\s)?")
# What ends a text that stands behind another option's letter and mark: then both are meant.
_ENDS = re.compile(r"\s?[)\]⟧⟫]*\s?(?:$|[\n.!?;⟧⟫])")
_ENDS_OR_GOES_ON = re.compile(r"\s?[)\]⟧⟫]*\s?(?:$|[\n.,!?;⟧⟫])")


def find(passage: Passage, options: Options) -> list[Name]:
    """All candidates in the text's order, none inside of another."""
    texts = [_text(passage.text, found) for found in options.own.finditer(passage.text)]
    starts = {name.start: name for name in texts}
    no_names = _inside(texts) | {found.start(1) for found in slot_cues.ANSWERED.finditer(passage.text)}
    names: list[Name] = []
    for found in _LETTER.finditer(passage.text):
        if found.start() not in no_names and not _is_plural(passage.text, found):
            names.append(_with_text(passage, _letter(passage.text, found), starts))
    taken = {place for name in names if name.form == "both" for place in range(name.start, name.end)}
    names += [name for name in texts if name.start not in taken]
    return _with_letters_behind(passage, sorted(names, key=lambda name: name.start))


def _inside(texts: list[Name]) -> set[int]:
    return {place for name in texts for place in range(name.start, name.end)}


def _is_plural(text: str, found: re.Match[str]) -> bool:
    """Whether it is the end of a word: "answer(s)"."""
    return (
        found[1].islower() and _WORD_BEFORE_BRACKET.search(text, max(0, found.start() - 2), found.start()) is not None
    )


def _text(text: str, found: re.Match[str]) -> Name:
    return Name((str(found.lastgroup),), found.start(), found.end(), "text")


def _letter(text: str, found: re.Match[str]) -> Name:
    """A letter with the brackets around it, if both are there."""
    opens, closes = _OPENS.search(text, max(0, found.start() - 2), found.start()), _CLOSES.match(text, found.end())
    start, end = (opens.start(), closes.end()) if opens and closes else found.span()
    return Name((found[1],), start, end, "letter")


def _with_text(passage: Passage, letter: Name, texts: dict[int, Name]) -> Name:
    """The letter with the own text behind it, where that belongs to it.

    Another option's text does if it ends there ("C: Crohn disease."): then nobody can tell which is meant. Where a
    sentence goes on, it is only mentioned: "C. Crohn disease would cause fistulas."
    """
    gap = _TO_TEXT.match(passage.text, letter.end)
    ends = range(letter.end, gap.end() + 1) if gap else ()
    own = next((texts[place] for place in ends if place in texts), None)
    if own is None or (letter.is_lower and own.start == letter.end + 1):  # "a celiac disease"
        return letter
    name = letter.values[0].upper()
    if own.values[0] == name:
        return Name((name,), letter.start, _end_with_bracket(passage.text, letter.end, own.end), "both")
    between = passage.text[letter.end : own.start]
    ends_there = _ENDS if "." in between else _ENDS_OR_GOES_ON
    if ends_there.match(passage.text, own.end):
        return Name((name, *own.values), letter.start, own.end, "both", own)
    return letter


def _end_with_bracket(text: str, opened: int, end: int) -> int:
    closes = _CLOSES.match(text, end)
    return closes.end() if closes and re.search(r"[(\[]", text[opened:end]) else end


def _with_letters_behind(passage: Passage, names: list[Name]) -> list[Name]:
    """Own texts joined with the letter behind them: "Celiac disease (C)", "Celiac disease, option C"."""
    joined: list[Name] = []
    for name in names:
        before = joined[-1] if joined else None
        if before and before.form != "letter" and name.form == "letter" and _is_behind(passage, before, name):
            values = tuple(dict.fromkeys((*before.values, name.values[0].upper())))
            end = _end_with_bracket(passage.text, before.end, name.end)
            joined[-1] = Name(values, before.start, end, "both", before if len(values) > 1 else None)
        else:
            joined.append(name)
    return joined


def _is_behind(passage: Passage, text: Name, letter: Name) -> bool:
    gap = _behind().fullmatch(passage.lower, text.end, letter.start)
    return gap is not None and not letter.is_lower and (letter.is_bracketed or gap["noun"] is not None)


@functools.cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"[ \t]?(?:[,–—-][ \t]?)?[(\[]?[ \t]?(?:(?P<noun>{cues.any_of('noun')})\s)?")
