"""What may stand behind an option's letter or text, so that it is the option and not part of a longer name."""

import functools
import re

from clue_lib.answers.mentions import cues
from clue_lib.answers.mentions.option_names import Name
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import Place


def is_ended(passage: Passage, name: Name) -> bool:
    """Whether the name ends where it ends: an end, a mark or a reason follows. Not "E. coli", not "A 54-year-old"."""
    if name.form == "both" or name.is_bracketed:
        return True
    if name.form == "text":
        return _after_text().match(passage.lower, name.end) is not None
    return bool(_AFTER_LETTER.match(passage.text, name.end) or _reason().match(passage.lower, name.end))


def fits(passage: Passage, name: Name, place: Place) -> bool:
    """Whether what follows lets the name be the answer in this place.

    At the beginning of the text it may be explained; at that of another line or sentence it must be all there is; in
    LaTeX's box it must fill the box; said of the patient it must be a text.
    """
    if place == "box":
        return _FILLS_BOX.match(passage.text, name.end) is not None
    if place in ("line", "sentence", "clause"):
        return _is_alone(passage, name, place)
    if place == "finding" and name.form == "letter":
        return False
    if place == "opening" and name.form == "text":
        return _opening_text().match(passage.lower, name.end) is not None
    return is_ended(passage, name)


def _is_alone(passage: Passage, name: Name, place: Place) -> bool:
    """Whether the name is all there is to the end of its line; where the text breaks off, nobody can tell.

    An own text that ends the text behind another sentence must have its full stop, and so must A and I.
    """
    rest = _alone().match(passage.lower, name.end)
    if rest is None or rest.end() < len(passage.text) or _STOPPED.search(rest[0]):
        return rest is not None
    is_open_word = name.form != "letter" or name.values[0] in "AI"
    return not passage.is_cut and not (place == "sentence" and is_open_word)


_STOPPED = re.compile(r"[.!)\]⟧⟫]")
_FILLS_BOX = re.compile(r"\s?[)\].]*\s?⟧")
_STOP = r"\.(?:$|(?=\n)|\s(?![a-z])|(?=[^\w\s])|\s(?=(?:the|because|this|it|he|she|since|as|there)\b))"
_JOINED = r"\s?(?:[,/&+;>]|(?:and|or)\b)\s?[(\[]?[A-Za-z](?![\w'])\s?(?:$|[\n.,;:)\]/&>]|and\b|or\b)"


# Behind a letter: the end, a mark, another letter. Not "E. coli", not "I, too".
_AFTER_LETTER = re.compile(
    rf"[)\]]*(?:\s?$|(?=\s?\n)|\s?[):\];=<!?⟧⟫→|]|\s[(\[]|(?<=[A-Z])[(\[]|\s?(?<![Ii]),|\s?{_STOP}|\s[–-]\s|\s?[—–]|\s?[>–-]\s?(?:$|\n)"
    rf"|(?={_JOINED}))"
)


@functools.cache
def _reason() -> re.Pattern[str]:
    return re.compile(rf"[)\]]*\s{cues.any_of('letter_reason')}")


@functools.cache
def _after_text() -> re.Pattern[str]:
    return re.compile(
        rf"\s?(?:$|[^\w\s%/<>+-])|\n|\s(?:[–—-]\s|(?:and|or)\b|{cues.any_of('text_reason')}|{cues.any_of('is')}\s)"
    )


@functools.cache
def _opening_text() -> re.Pattern[str]:
    """Behind an own text with which the answer begins: its end, or a reason; not "No, there was no fracture."."""
    reason = cues.any_of("text_reason")
    return re.compile(rf"\s?[)\]]?(?:\s?$|\s?[\n;!:(⟧⟫—]|\s?\.(?:\s|$)|\s[–-]\s|,?\s{reason})")


@functools.cache
def _alone() -> re.Pattern[str]:
    """The rest of a line that holds nothing but a name: marks, a remark in brackets, "definitely"."""
    word = cues.any_of("lead", "hedge")
    return re.compile(
        rf"[ \t.,;:!)\]]*(?:[(\[][^()\[\]\n]{{0,60}}[)\]][ .!]*)?(?:,?\s?{word}[ .!]*){{0,2}}[^\w\s⟧⟫]*\s?(?:$|[\n⟫⟧])"
    )
