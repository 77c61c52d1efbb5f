"""Strings made safe and short for showing. Model output is hostile text: it never reaches a terminal or file raw."""

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def printable(text: str) -> str:
    """The text on one line, without escape sequences, control, bidirectional and other invisible characters."""
    shown = (char for char in _ANSI.sub("", text) if char.isspace() or unicodedata.category(char)[0] != "C")
    return re.sub(r"\s+", " ", "".join(shown)).strip()


def shorten(text: str, width: int) -> str:
    """`printable` text cut to at most `width` characters (width ≥ 1), an ellipsis where something was cut."""
    line = printable(text)
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"
