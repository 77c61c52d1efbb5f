"""Which of the options A, B, C … a text picks."""

from clue_lib.answers import reading
from clue_lib.answers.mentions import options as mentions
from clue_lib.answers.mentions.option_texts import prepared
from clue_lib.types import Answer, Example, Parsed, Unparsed


def option(text: str, example: Example, *, is_cut: bool = False) -> Answer:
    """The letter of the one option that the text picks.

    Unparsed: "empty" (nothing but white space), "its thought never ended", "no option", "several options", "no such
    option" (a letter beyond the last). A letter reads as itself. An option's own text is compared without case, space
    and punctuation; a text that two options share, or of one letter, does not count. Linear in the text's length.
    """
    read = reading.start(text, example, is_cut=is_cut)
    if isinstance(read, Unparsed):
        return read
    options = prepared(example.options)
    answer = reading.finish(read, mentions.find(read.passage, options), "option")
    if isinstance(answer, Parsed) and str(answer.value) not in options.letters:
        return Unparsed(reason="no such option", evidence=answer.evidence)
    return answer
