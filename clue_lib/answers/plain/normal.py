"""Stage 1: what of a model's text is its answer, in plain form, with a map back to the text as it stands."""

from dataclasses import dataclass

from clue_lib.answers.plain import markup, thoughts, turns
from clue_lib.answers.plain.mapped import Mapped
from clue_lib.types import withheld

N_ENDS = 10_000
"""Characters at either end of a longer answer that are looked at for options and labels: no answer that a task's token
limit allows is longer, and nobody looks for a conclusion in the middle of forty pages."""


@withheld
@dataclass(frozen=True, slots=True)
class Normal:
    """An answer's plain text, the same in lower case (character by character), and where each character stood."""

    text: str
    lower: str
    mapped: Mapped

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the model's text a non-empty part of the plain text stands."""
        return self.mapped.span(start, end)

    def ends(self) -> "Normal":
        """The answer's two ends, N_ENDS long each, where it is longer than both."""
        if len(self.text) <= 2 * N_ENDS:
            return self
        return _normal(self.mapped.without([(N_ENDS, len(self.text) - N_ENDS)]))


def normalise(raw: str) -> Normal | None:
    """The model's own first turn without its thoughts, made plain; None where it was still thinking.

    Empty where nothing but white space and frames was written. Linear in the text's length.
    """
    outside = thoughts.cut(Mapped.of(raw))
    return None if outside is None else _normal(markup.plain(turns.own(outside)))


def plain(text: str) -> str:
    """A text that has neither thoughts nor turns, such as an option's, in the same plain form."""
    return markup.plain(Mapped.of(text)).text


def _normal(mapped: Mapped) -> Normal:
    return Normal(mapped.text, lower(mapped.text), mapped)


def lower(text: str) -> str:
    """The text in lower case, of the same length: a letter whose lower case are two stays."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)
