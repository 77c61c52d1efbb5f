"""Text that no answer needs: the prompt said again, an explanation though one word was asked."""

import itertools
from collections.abc import Sequence
from string import ascii_uppercase

from clue_lib.metrics import wordlists
from clue_lib.metrics.base import as_text
from clue_lib.types import Parsed, Response

N_ECHOED = 12
"""Words of a field's opening that make an echo."""

N_ECHOED_WHOLE = 6
"""Words of a field so short that only the whole of it makes one."""


def prompt_echo(responses: Sequence[Response]) -> list[float]:
    """1 where more than half of the answer is the opening of a field of the prompt, word for word.

    At least the field's first 12 words, or the whole of a shorter field of 6 or more. Only openings count: a model that
    restates its prompt begins at a beginning, while a summary or answer may well quote a sentence from inside a letter.
    What the gold or a single option says too is no echo.
    """
    return [float(_echoes(response)) for response in responses]


def extra_text(responses: Sequence[Response]) -> list[float]:
    """1 where an answer was read but the text holds more than that answer: an explanation though one word was asked.

    More is, for a letter or label, any word that is not part of it, of its option's text or of those that only present
    an answer ("The correct answer is option"; `wordlists.toml`). For codes it is a line with such words and none of the
    codes, as a code's line may describe it. Where the text itself is the answer, nothing is extra.
    """
    return [float(isinstance(response.answer, Parsed) and _says_more(response)) for response in responses]


def _echoes(response: Response) -> bool:
    example, answer = response.example, wordlists.words(response.generation.text)
    told = [_padded(wordlists.words(text)) for text in (as_text(example.gold), *example.options)]
    for field in example.fields.values():
        run = _opening_within(answer, field)
        # Without its first word too: options are listed behind their letters.
        is_told = any(_padded(part) in text for text in told for part in (run, run[1:]))
        if 2 * len(run) > len(answer) and not is_told:
            return True
    return False


def _opening_within(answer: Sequence[str], field: str) -> Sequence[str]:
    """The field's opening words as far as the answer has them in a row; nothing if these are too few."""
    opening = [match[0].casefold() for match in itertools.islice(wordlists.WORD.finditer(field), N_ECHOED)]
    earlier, opening_found, _ = _padded(answer).partition(_padded(opening))
    if len(opening) < N_ECHOED_WHOLE or not opening_found:
        return ()
    run = []
    start = len(earlier.split())
    for word, of_field in zip(answer[start:], wordlists.words(field), strict=False):
        if word != of_field:
            break
        run.append(word)
    return run


def _padded(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _says_more(response: Response) -> bool:
    value = response.answer.value if isinstance(response.answer, Parsed) else ""
    if isinstance(value, tuple):
        return _has_line_without_code(response.generation.text, value)
    said = set(wordlists.words(response.generation.text))
    answer = set(wordlists.words(value))
    option = dict(zip(ascii_uppercase, response.example.options, strict=False)).get(value, "")
    others = said - answer - set(wordlists.words(option)) - wordlists.load().presenting.words
    # An answer may be said in another form ("entails" for entailment), which is a word of its own then.
    is_in_another_form = not (answer & said) and not option
    return len(others) > (1 if is_in_another_form else 0)


def _has_line_without_code(text: str, codes: Sequence[str]) -> bool:
    plain = {code.replace(".", "").casefold() for code in codes}
    for line in text.casefold().splitlines():
        said = set(wordlists.words(line.replace(".", ""))) - wordlists.load().presenting.words
        if said and not said & plain:
            return True
    return False
