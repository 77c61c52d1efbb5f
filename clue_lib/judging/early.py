"""When a candidate is rejected early, and how that is told. Pure.

The evidence against "no stream is worse than its margin" exceeds `REJECTED_AT` in at most 1 % of runs in which that is
true, however often it is looked at (Ville's inequality; `clue_lib.stats.joint_capital`).
"""

from collections.abc import Iterable, Sequence

from clue_lib import stats
from clue_lib.types import Early, Stream

REJECTED_AT = 100.0
"""The evidence at which the candidate is stopped: a false alarm in 100 runs."""

SHOWN_AT = 1400.0
"""The capital at which one stream alone shows a loss: 100, times the 14 streams of a whole run (Bonferroni)."""

FAILURES = ("unparsed", "repetition_loop", "refusal", "truncated")
"""The failure modes of the stream "any failure"."""

FAILURE_MARGIN = 0.05
"""The share of answers by which failures of any of these kinds may become more frequent, where a gate tolerates no
more."""


def evidence(streams: Iterable[Stream]) -> float:
    """E of all streams together."""
    by_task: dict[str, list[float]] = {}
    for stream in streams:
        by_task.setdefault(stream.task, []).append(stream.capital)
    return stats.joint_capital(by_task.values())


def rejects(found: float) -> bool:
    """Whether so much evidence rejects the candidate."""
    return found >= REJECTED_AT


def shown(streams: Sequence[Stream]) -> tuple[Stream, ...]:
    """The streams that show a loss by themselves, the surest first."""
    alone = [stream for stream in streams if stream.capital >= SHOWN_AT]
    return tuple(sorted(alone, key=lambda stream: -stream.capital))


def told(early: Early) -> str:
    """What a rejected run says of it: the evidence, what it took, and which stream shows the loss."""
    looks = "1 look" if early.n_looks == 1 else f"{early.n_looks} looks"
    share = early.n_asked / early.n_prompts if early.n_prompts else 0.0
    return (
        f"rejected early, E = {_large(early.evidence)} after {looks} at {100 * share:.1f} % of the prompts "
        f"({100 * early.token_share:.1f} % of the tokens), by {_by(early)}"
    )


def _by(early: Early) -> str:
    alone = shown(early.streams)
    if not alone:
        return "several together"
    first = alone[0]
    more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
    return f"{first.task} {first.metric} (K = {_large(first.capital)}){more}"


def _large(value: float) -> str:
    """Whole numbers; those of many digits by their power of ten."""
    return f"{value:,.0f}" if value < 1e6 else f"{value:.0e}"
