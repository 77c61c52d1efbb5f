"""Strings made safe and short for showing. Model output is hostile text: it never reaches a terminal or file raw."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_MARKUP = re.compile(
    r"(?i:(?<=www)\.)"
    r"|(?!(?<=[^\W_])[._-](?=[^\W_])|(?<=[^\W\d_])\.(?!\S)|(?<=\S):(?!\S))"
    r"[!-&*+\-.:<->@\[-`{-~]"
)
"""ASCII punctuation but for what marks nothing up: `'(),/;?`, `._-` inside a word, a stop or colon that ends one."""


def _visible(text: str) -> str:
    """The text without characters that nobody sees: control, bidirectional, unassigned ones. Line breaks, tabs stay."""
    hidden = [char for char in set(text) if unicodedata.category(char).startswith("C") and char not in "\n\t"]
    return text.translate(str.maketrans("", "", "".join(hidden)))


def printable(text: str) -> str:
    """The text on one line, without escape sequences, control, bidirectional and other invisible characters.

    `::` becomes `∷`, and `##[` or `##vso[` has a space in it: a CI system that reads the terminal takes neither for a
    command.
    """
    line = _visible(re.sub(r"\s+", " ", _ANSI.sub("", text)))
    single_spaced = re.sub(r" +", " ", line).strip()
    return re.sub(r"##(?=\w*\[)", "# #", single_spaced.replace("::", "∷"))


def shorten(text: str, width: int) -> str:
    """`printable` text cut to at most `width` characters (width ≥ 1), an ellipsis where something was cut."""
    line = printable(text)
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def readable(text: str, width: int | None = None) -> str:
    """The text with its lines and tabs, without escape sequences, control, bidirectional and invisible characters.

    Cut to at most `width` characters (width ≥ 1), an ellipsis where something was cut.
    """
    lines = re.sub(r"\r\n?|[\u2028\u2029]", "\n", _ANSI.sub("", text))
    shown = _visible(lines).strip("\n")
    return shown if width is None or len(shown) <= width else shown[: width - 1] + "…"


def storable(text: str) -> str:
    """The text as it is, but for lone surrogates, which no file in UTF-8 can hold: a replacement character each."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def markdown(text: str) -> str:
    """`printable` text that stays text in GitHub's markdown, in a table's cell too.

    What could be markup becomes entities, which form none; a zero-width space keeps GitHub from reading a mention or
    an issue's number (`#1`, `GH-1`) in what it has rendered.
    """
    escaped = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", printable(text))
    return re.sub(r"&#(?:64|35);(?=\w)|\b(?i:GH-)(?=\d)", r"\g<0>&#8203;", escaped)


def command_data(text: str) -> str:
    """Text for the message of a GitHub workflow command; its lines stay lines."""
    return readable(text).replace("%", "%25").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Text for a property, such as a title, of a GitHub workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def suggestion(name: str, known: Iterable[str]) -> str:
    """What a misspelt name may have meant, for the end of an error: "did you mean accuracy?", else all known names."""
    options = sorted(known)
    meant = close_to(name, options)
    return f"did you mean {meant}?" if meant else f"known: {', '.join(options)}"


def close_to(name: str, known: Iterable[str]) -> str:
    """The known name that this one may be a misspelling of; empty where there is none."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1)), "")
