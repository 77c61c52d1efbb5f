"""What of a response's text a failure mode judges: the same plain form in which answers are read.

What a model thought before it answered is no answer and never judged. Of a run's generations it was set apart; a text
of one's own may still hold it. Of a text of more than 2 × `N_ENDS` characters only the two ends are judged: no answer
that a task's token limit allows is longer.
"""

import functools

from clue_lib import answers
from clue_lib.models import thoughts
from clue_lib.types import Response

N_ENDS = 50_000


def own(response: Response) -> str:
    """The answer alone, made plain: the model's first turn, without thoughts and markup."""
    return _own(response.generation.text)


def with_frames(response: Response) -> str:
    """The text as written but for thoughts: with a chat's frames and the turns that the model went on with."""
    return _parts(response.generation.text).answer


def all_turns(response: Response) -> str:
    """The text but for thoughts, with all of its turns, made plain."""
    return _all_turns(response.generation.text)


def thought(response: Response) -> str:
    """What the model thought, its marks included."""
    return response.generation.thought or _parts(response.generation.text).thought


@functools.lru_cache(maxsize=512)
def _parts(text: str) -> thoughts.Parts:
    parts = thoughts.split(text)
    answer = parts.answer
    if len(answer) > 2 * N_ENDS:
        answer = f"{answer[:N_ENDS]}\n{answer[-N_ENDS:]}"
    return thoughts.Parts(thought=parts.thought, answer=answer, is_open=parts.is_open)


@functools.lru_cache(maxsize=512)
def _own(text: str) -> str:
    return answers.plain_text(_parts(text).answer)


@functools.lru_cache(maxsize=512)
def _all_turns(text: str) -> str:
    return answers.plain_turns(_parts(text).answer)
