"""Text that no answer needs: an explanation though one word was asked."""

import re
from collections.abc import Collection, Sequence
from string import ascii_uppercase

from clue_lib.metrics import texts, wordlists
from clue_lib.types import Parsed, Response

_LINE_MARK = re.compile(r"^\W*(?:\d{1,3}[.)])?")


def extra_text(responses: Sequence[Response]) -> list[float]:
    """1 where an answer was read but the text holds more than that answer: an explanation though one word was asked.

    More is, for a letter or label, any word that is not part of it, of its option's text or of those that only present
    an answer ("So the correct answer is option"; `wordlists.toml`). For codes it is a line with such words and none of
    the codes, as a code's line may describe it; a table's head, and a description above its code, describe it too.
    Where the text itself is the answer, nothing is extra.
    """
    return [float(isinstance(response.answer, Parsed) and _says_more(response)) for response in responses]


def _says_more(response: Response) -> bool:
    value = response.answer.value if isinstance(response.answer, Parsed) else ""
    text = texts.all_turns(response)
    if isinstance(value, tuple):
        return _has_line_without_code(text, value)
    said = set(wordlists.words(text))
    answer = set(wordlists.words(value))
    option = dict(zip(ascii_uppercase, response.example.options, strict=False)).get(value, "")
    presenting = wordlists.load().presenting
    others = said - answer - set(wordlists.words(option)) - presenting.words
    # An answer may be said in another form ("entails" for entailment), and so as a sentence of the two texts.
    is_in_another_form = not (answer & said) and not option
    if not option:
        others -= presenting.around_labels
    return len(others) > (1 if is_in_another_form else 0)


def _has_line_without_code(text: str, codes: Sequence[str]) -> bool:
    plain = {code.replace(".", "").casefold() for code in codes}
    lines = [set(_words(line)) for line in text.splitlines() if _words(line)]
    return any(
        _is_more(line, following, plain) for line, following in zip(lines, [*lines[1:], set[str]()], strict=True)
    )


def _words(line: str) -> list[str]:
    return wordlists.words(_LINE_MARK.sub("", line, count=1).replace(".", ""))


def _is_more(line: Collection[str], following: Collection[str], codes: Collection[str]) -> bool:
    """Whether a line has more than a code, words that present one, or the description of a code right below it."""
    presenting = wordlists.load().presenting
    others = set(line) - presenting.words - presenting.heads
    if not others or not others.isdisjoint(codes):
        return False
    stands_above_code = not set(following).isdisjoint(codes) and presenting.telling.isdisjoint(line)
    return not stands_above_code
