"""Cuts a model's thoughts off: what it wrote for itself before it answered is no answer.

A run has set them apart before it reads; a text of one's own may still hold them.
"""

from clue_lib.answers.plain.mapped import Mapped
from clue_lib.models import thoughts


def cut(text: Mapped) -> Mapped | None:
    """What stands outside of thoughts, a line break for each; None where the last one never ends."""
    found = thoughts.spans(text.text, is_framed=True)
    return None if found.is_open else text.without(found.places)
