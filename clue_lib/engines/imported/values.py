"""What any source of answers tells, in one form."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from clue_lib.types import Fingerprint, FinishReason, withheld

UNKNOWN = "unknown"

Program = Literal["lm-eval", "inspect", "JSON Lines", "OpenAI batch"]
"""Who wrote a file of answers, as the fingerprint of its engine says; of plain lines only their form is known."""

PROGRAMS: frozenset[str] = frozenset(get_args(Program))


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of what a model was asked elsewhere, where roles may be others than ours, "tool" among them."""

    role: str
    content: str


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer as its source tells it.

    `place` is where it stands: "FILE:3", or "FILE, sample 3". `task` is empty where the source names none; `id` is the
    example's, or the name that an exported prompt has. `asked` is the prompt as the model got it, by turns or as the
    text into which these were written, and `gold` what the source took for right; None where it does not say.
    `finish_reason` is None where it does not say either; token counts are 0 then.
    """

    place: str
    task: str
    id: str
    text: str
    thought: str = ""
    asked: str | tuple[Turn, ...] | None = None
    gold: str | None = None
    finish_reason: FinishReason | None = None
    n_prompt_tokens: int = 0
    n_new_tokens: int = 0


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a source tells of how the answers were made: whatever two sources must share to be compared.

    `program` and `version` are those that wrote the file; `settings` are further facts by name. What is not told is
    "unknown".
    """

    program: Program
    version: str = UNKNOWN
    sampling: str = UNKNOWN
    settings: dict[str, str] = field(default_factory=dict)

    def fingerprint(self, *, prompts: str, tells_ends: bool) -> Fingerprint:
        """The engine under which such answers are stored and compared.

        `prompts` says which prompts were put: the run's own, or others by their digest. `tells_ends` where the source
        says why each answer ended: one that does not would hide answers that were cut.
        """
        told = {
            "sampling": self.sampling,
            **self.settings,
            "ends": "told" if tells_ends else UNKNOWN,
            "prompts": prompts,
        }
        args = "; ".join(f"{name} {value}" for name, value in told.items())
        return Fingerprint(name=self.program, version=self.version, args=args)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A source's answers, in its order, and what it tells of how they were made."""

    facts: Facts
    answers: tuple[Given, ...]
