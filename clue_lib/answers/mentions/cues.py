"""The cue words of `cues.toml`, all languages together, as parts of patterns.

Patterns are matched against text in lower case (`normal.lower`), so that they need not ignore case.
"""

import functools
import re
import tomllib
from importlib.resources import files

_LATIN = "0-9a-z\u00df-\u024f"
START = rf"(?<![{_LATIN}])"
"""Where a word may begin: not behind a Latin letter or digit. Chinese words have no such border."""
END = rf"(?![{_LATIN}]|'[a-z])"


@functools.cache
def phrases(*lists: str) -> tuple[str, ...]:
    """The phrases of these lists in every language, the longest first."""
    text = files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")
    languages = tomllib.loads(text).values()
    found = {phrase for language in languages for name in lists for phrase in language.get(name, ())}
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


@functools.cache
def any_of(*lists: str) -> str:
    """A pattern that matches any phrase of these lists, as whole words; never one of no phrase."""
    found = phrases(*lists)
    words = [phrase for phrase in found if _is_latin(phrase[0]) and _is_latin(phrase[-1])]
    others = [_written(phrase) for phrase in found if phrase not in words]
    either = [rf"{START}(?:{_either(words)}){END}"] if words else []
    return f"(?:{'|'.join(either + others)})" if others else either[0]


def _is_latin(character: str) -> bool:
    return re.match(rf"[{_LATIN}]", character) is not None


def _either(found: list[str]) -> str:
    return "|".join(map(_written, found))


def _written(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", "[ \t]")
