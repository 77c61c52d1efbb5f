"""How a model fails, whatever the task: each a 0/1 flag per response, its mean a rate.

A flag judges the text, and the gold only where its definition says so. An empty text is `empty`, `unparsed` and of the
wrong length; it neither refuses nor leaks. Where no source is named, the definition is our own. Further flags are in
`refusals`, `surplus`, `loops` and `language`.
"""

import re
from collections.abc import Sequence

from clue_lib.metrics import wordlists
from clue_lib.metrics.base import as_text
from clue_lib.types import Response, Unparsed

_ROLE = re.compile(r"^(?:user|human|assistant)[ \t]*(?::|$)|\A\s*(?:system|model)[ \t]*\n", re.MULTILINE)
_SPECIAL = re.compile(r"<[|｜][^<>\n]{1,40}[|｜]>")


def empty(responses: Sequence[Response]) -> list[float]:
    """1 where the model wrote nothing but white space."""
    return [float(not response.generation.text.strip()) for response in responses]


def truncated(responses: Sequence[Response]) -> list[float]:
    """1 where the task's token limit cut the answer: the model did not end by itself."""
    return [float(response.generation.finish_reason == "length") for response in responses]


def unparsed(responses: Sequence[Response]) -> list[float]:
    """1 where no answer could be read from the text: none of the expected ones, or several at once."""
    return [float(isinstance(response.answer, Unparsed)) for response in responses]


def unfinished_thought(responses: Sequence[Response]) -> list[float]:
    """1 where the model was still thinking when it ended or was cut: it gave no answer, whatever the thought guessed.

    A thought is what stands between marks that are known for it (`models/thoughts.toml`, --reasoning-tags), also where
    the opening one is part of the prompt. Its answer is unparsed.
    """
    return [float(response.generation.has_unfinished_thought) for response in responses]


def template_leakage(responses: Sequence[Response]) -> list[float]:
    """1 where the text holds the frame of a chat or instruction format.

    That is a special token (`<|im_end|>`, `[INST]`, `</s>`), an instruction header (`### Response`) or a line that
    starts with a speaker's role (`user:`, `assistant`). `wordlists.toml` says of which format each mark is. They mean
    that the model does not end its turn, or was trained on another template than it is asked with.
    """
    marks = re.compile("|".join(map(re.escape, wordlists.load().template)))
    texts = [response.generation.text.casefold() for response in responses]
    return [float(any(pattern.search(text) for pattern in (marks, _SPECIAL, _ROLE))) for text in texts]


def wrong_length(responses: Sequence[Response]) -> list[float]:
    """1 where a free text is far longer or far shorter than the gold, in words.

    Far longer: more than three times as many and more than 10 words above, so that a gold of two words leaves room for
    a sentence. Far shorter: fewer than a quarter. An empty text is too short. Our choice: at three times one short
    question is a paragraph, at a quarter a list has lost most of its items.
    """
    return [float(_is_of_wrong_length(response)) for response in responses]


def _is_of_wrong_length(response: Response) -> bool:
    n = len(wordlists.words(response.generation.text))
    n_gold = len(wordlists.words(as_text(response.example.gold)))
    return n > max(3 * n_gold, n_gold + 10) or 4 * n < n_gold
