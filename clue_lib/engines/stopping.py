"""Where each answer of a batch ends before its tokens do: at its budget, or at text that ends it."""

from collections.abc import Sequence
from typing import Any

from clue_lib.engines.chat import Asked, thinking_in
from clue_lib.engines.rendering import ChatTemplate

EVERY = 4
"""Tokens between two looks at what a thinking model has written: looking takes longer the more that is."""

LEEWAY = 16
"""Tokens above an answer's room in which a model that may think can still begin to: a mark may be half written.

They are no part of the answer, which is cut at its room.
"""

_TAIL = 8
"""Tokens among which a text that ends an answer is looked for."""


class Stopping:
    """A stopping criterion for transformers' `generate`: tells which rows of a batch are done.

    A model that thinks is done when its thought has used its budget without an end, or its answer has; one that doesn't
    when its answer has. `lengths` are the rows' new tokens when they were done; None where they were not.
    """

    def __init__(self, asked: Sequence[Asked], template: ChatTemplate, n_prompt: int) -> None:
        """`n_prompt` is the padded length of the prompts."""
        self._asked = asked
        self._template = template
        self._n_prompt = n_prompt
        self.lengths: list[int | None] = [None] * len(asked)

    def __call__(self, input_ids: Any, scores: Any, **others: Any) -> Any:
        """A Boolean tensor, one value per row."""
        import torch

        rows = input_ids[:, self._n_prompt :].tolist()
        for place, (asked, row) in enumerate(zip(self._asked, rows, strict=True)):
            if self.lengths[place] is None and self._is_done(asked, row):
                self.lengths[place] = len(row)
        return torch.tensor([length is not None for length in self.lengths], device=input_ids.device)

    def _is_done(self, asked: Asked, row: list[int]) -> bool:
        if len(row) >= asked.room:
            return True
        if asked.stop and asked.stop in self._template.decode(row[-_TAIL:]):
            return True
        if not asked.n_thought or len(row) < min(asked.n_answer, asked.n_thought) or len(row) % EVERY:
            return False
        thinking = thinking_in(row, asked, self._template)
        if thinking.is_open:
            return thinking.n_tokens >= asked.n_thought
        leeway = 0 if thinking.n_tokens else LEEWAY
        return len(row) - thinking.n_tokens >= asked.n_answer + leeway


def is_needed(asked: Sequence[Asked]) -> bool:
    """Whether any answer may end before its end token and the batch's largest room."""
    return any(one.n_thought or one.stop for one in asked)
