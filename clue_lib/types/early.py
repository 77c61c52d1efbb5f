"""Early rejection: what a run bet against its candidate, stream by stream, and what came of it."""

from dataclasses import dataclass
from typing import Literal

EarlyState = Literal["none", "off", "on", "rejected"]
"""Whether a run could be rejected early.

`none`: it could not, by its profile or since the baseline was not stored when the candidate was first asked. `off`: it
was asked not to. `on`: it could be, and was not. `rejected`: it was."""

ANY_FAILURE = "any failure"
"""The name of the stream of answers that are unparsed, looping, refused or truncated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One metric of one task, or `ANY_FAILURE`: the `capital` that betting against its `margin` has made of 1.

    `n` examples were looked at; the margin is a share in 0..1.
    """

    task: str
    metric: str
    margin: float
    n: int
    capital: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """How far the evidence went: `evidence` is E, of all `streams` together, at the last of `n_looks`.

    By then `n_asked` of the candidate's `n_prompts` prompts were answered, which is `token_share` of the tokens that
    the baseline took for all of them, its prompts and answers. All of it is 0, and E is 1, where nothing was looked at.
    """

    state: EarlyState = "none"
    evidence: float = 1.0
    n_looks: int = 0
    n_asked: int = 0
    n_prompts: int = 0
    token_share: float = 0.0
    streams: tuple[Stream, ...] = ()

    @property
    def is_in_force(self) -> bool:
        """Whether the run could be rejected early: a part of its error rate is spent on that."""
        return self.state in {"on", "rejected"}

    @property
    def is_rejected(self) -> bool:
        """Whether the candidate was stopped, and the run has failed by that."""
        return self.state == "rejected"
