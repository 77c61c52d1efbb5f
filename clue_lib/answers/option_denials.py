"""What behind an option denies it, and what behind a list of options denies them all."""

import re

_IS = r"(?:(?:is|are|was|were|(?:can|could|may|must|should) be|have been|seems?) )?(?:(?:all|also|both|clearly|very) )?"
_FALSE = r"(?:eliminated|excluded|false|incorrect|(?:le(?:ss|ast)|un)\s?likely|ruled out|wrong)"
_END = r"(?=\s?(?:$|[\n.,;:!)–—-]|(?:as|because|since)\b))"
# What is no pick whatever the option says, and what is none unless the option itself says no: "F: not mentioned".
_DENIED = re.compile(
    rf"[)\]:(. –—-]*{_IS}(?:{_FALSE}|not (?:the )?(?:best|correct|likely|right|true))"
    rf"(?: (?:answer|option|choice))?{_END}",
    re.IGNORECASE,
)
_DENIED_UNLESS_NEGATIVE = re.compile(
    rf"[)\]: –—-]*(?:{_IS}(?:not|{_FALSE})\b|no{_END})|[)\]]?\.\s?no{_END}", re.IGNORECASE
)
_DENIED_LIST = re.compile(
    rf"(?:n?'t|not)\b| (?:(?:all|also|both|clearly) )?(?:not|discarded|dismissed|{_FALSE})\b", re.IGNORECASE
)


def of_option(text: str, end: int, *, is_negative: bool = True) -> re.Match[str] | None:
    """What denies the option whose letter or text ends at `end`: "is wrong", "(unlikely)", ". No".

    ": not …" does unless the option is negative, that is, says so itself: "F: not mentioned".
    """
    denied = _DENIED.match(text, end)
    return denied or (None if is_negative else _DENIED_UNLESS_NEGATIVE.match(text, end))


def of_list(text: str, end: int) -> re.Match[str] | None:
    """What denies the options whose common verb ends at `end`: "not", "excluded"."""
    return _DENIED_LIST.match(text, end)
