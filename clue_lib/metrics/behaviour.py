"""How a model fails, whatever the task: each a 0/1 flag per response, its mean a rate.

A flag judges the text, and the gold only where its definition says so. An empty text is `empty`, `unparsed` and of the
wrong length; it neither refuses nor leaks. Where no source is named, the definition is our own. Further flags are in
`refusals`, `leaks`, `surplus`, `loops` and `language`.
"""

from collections.abc import Sequence

from clue_lib.metrics import texts, wordlists
from clue_lib.metrics.base import as_text
from clue_lib.terminology import abbreviations
from clue_lib.types import Response, Unparsed

FEWEST_MISSING = 5
"""Words that a text must have fewer than the gold to be too short."""


def empty(responses: Sequence[Response]) -> list[float]:
    """1 where the model wrote nothing but white space."""
    return [float(not response.generation.text.strip()) for response in responses]


def truncated(responses: Sequence[Response]) -> list[float | None]:
    """1 where the task's token limit cut the answer: the model did not end by itself.

    Undefined for an imported answer whose source does not tell why it ended.
    """
    return [_flag_of_end(response, is_set=response.generation.finish_reason == "length") for response in responses]


def unparsed(responses: Sequence[Response]) -> list[float]:
    """1 where no answer could be read from the text: none of the expected ones, or several at once."""
    return [float(isinstance(response.answer, Unparsed)) for response in responses]


def unfinished_thought(responses: Sequence[Response]) -> list[float | None]:
    """1 where the model was still thinking when it ended or was cut: it gave no answer, whatever the thought guessed.

    A thought is what stands between marks that are known for it (`models/thoughts.toml`, --reasoning-tags), also where
    the opening one is part of the prompt. Its answer is unparsed. Undefined as `truncated` is.
    """
    return [_flag_of_end(response, is_set=response.generation.has_unfinished_thought) for response in responses]


def _flag_of_end(response: Response, *, is_set: bool) -> float | None:
    """A flag that depends on why the answer ended: none where its source does not tell."""
    return None if response.generation.finish_reason == "unknown" else float(is_set)


def wrong_length(responses: Sequence[Response]) -> list[float]:
    """1 where a free text is far longer or far shorter than the gold, in words.

    Far longer: more than three times as many and more than 10 words above, so that a gold of two words leaves room for
    a sentence. Far shorter: fewer than a quarter and at least 5 words below, so that "Yes" answers a question; an
    abbreviation counts as the words that it stands for, in `terminology/abbreviations.toml` or in the gold. An empty
    text is too short. Our choice: at three times one short question is a paragraph, at a quarter a list has lost most
    of its items.
    """
    return [float(_is_of_wrong_length(response)) for response in responses]


def _is_of_wrong_length(response: Response) -> bool:
    text = texts.own(response)
    n = len(wordlists.words(text))
    gold = wordlists.words(as_text(response.example.gold))
    n_gold = len(gold)
    if n > max(3 * n_gold, n_gold + 10):
        return True
    is_far_shorter = 4 * n < n_gold and (not n or n_gold - n >= FEWEST_MISSING)
    return is_far_shorter and 4 * _n_words_meant(text, gold) < n_gold


def _n_words_meant(text: str, gold: Sequence[str]) -> int:
    """How many words the text has where each abbreviation counts as what it stands for."""
    common = wordlists.load().common.words
    initials = "".join(word[0] for word in gold) + " " + "".join(word[0] for word in gold if word not in common)
    n_words = 0
    for word in wordlists.words(text):
        is_initials = len(word) > 2 and word in initials
        n_words += max(abbreviations.n_words(word), len(word) if is_initials else 1)
    return n_words
