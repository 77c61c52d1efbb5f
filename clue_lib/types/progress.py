"""How far a run's long work has come, as it tells its user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clue_lib.types.flow import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one model's answers to one task have come.

    `done` of `total` prompts while generating, of `total` metrics while scoring, which makes no new tokens. `seconds`
    since the first was begun.
    """

    stage: Literal["generating", "scoring"]
    side: Side
    task: str
    done: int
    total: int
    seconds: float
    new_tokens: int = 0


Tell = Callable[[Progress | str], None]
"""Is told every step, and notes for the user."""
