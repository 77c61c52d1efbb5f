"""How far generating and scoring have come, as a run tells its user."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clue_lib.types.flow import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one model's answers to one task have come.

    `done` of `total` prompts while generating, of `total` metrics while scoring, which makes no new tokens. `seconds`
    since the first was begun. `run_seconds_left` is how long the generating of the whole run still takes, where that
    can be told.
    """

    stage: Literal["generating", "scoring"]
    side: Side
    task: str
    done: int
    total: int
    seconds: float
    new_tokens: int = 0
    run_seconds_left: float | None = None


Tell = Callable[[Progress | str], None]
"""Is called with every step of progress, and with notes for the user."""
