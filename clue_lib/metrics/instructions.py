"""The sentences by which a prompt says what to do, apart from the example that it asks about."""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files

from clue_lib.metrics import wordlists
from clue_lib.types import Response

MIN_WORDS = 4
"""Words of the shortest sentence that an answer repeats by no chance."""

_SENTENCE_END = re.compile(r"[.!?;:]\s|\n")
_PLACEHOLDER = re.compile(r"\$\w+")

Sentence = tuple[str, ...]


def sentences(response: Response) -> frozenset[Sentence]:
    """The sentences' words: those of the response's prompt, or where it has none those of all of this package's."""
    if not response.prompt:
        return _of_the_package()
    asked = [message.content for message in (response.prompt[0], response.prompt[-1])]
    fields = response.example.fields.values()
    for number, text in enumerate(asked):
        for field in fields:
            text = text.replace(field, "\n") if field else text
        asked[number] = text
    return _split("\n".join(asked))


@functools.lru_cache(maxsize=64)
def _split(text: str) -> frozenset[Sentence]:
    parts = (tuple(wordlists.words(part)) for part in _SENTENCE_END.split(text))
    return frozenset(part for part in parts if len(part) >= MIN_WORDS)


@functools.cache
def _of_the_package() -> frozenset[Sentence]:
    folder = files("clue_lib") / "tasks" / "prompt_texts"
    tables = (
        tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")
    )
    texts = [text for table in tables for part in (table, *table.get("wording", ())) for text in _strings(part)]
    return _split("\n".join(_PLACEHOLDER.sub("\n", text) for text in texts))


def _strings(table: Mapping[str, object]) -> Iterator[str]:
    """The texts of a table, or of one of its wordings."""
    return (value for value in table.values() if isinstance(value, str))
