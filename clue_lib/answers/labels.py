"""Which of a few labels a text names."""

import re
from collections.abc import Mapping

from clue_lib.answers import reading
from clue_lib.answers.mentions import labels as mentions
from clue_lib.types import Answer, Example, Unparsed


def label(
    text: str, patterns: Mapping[str, re.Pattern[str]], example: Example | None = None, *, is_cut: bool = False
) -> Answer:
    """The one label that the text gives as its answer; `patterns` match each label in a text.

    Unparsed: "empty" (nothing but white space), "its thought never ended", "no label", "several labels". Linear in the
    text's length.
    """
    read = reading.start(text, example, is_cut=is_cut)
    if isinstance(read, Unparsed):
        return read
    return reading.finish(read, mentions.find(read.passage, patterns), "label")
