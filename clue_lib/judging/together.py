"""Which tasks' data may stand together in one figure. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from clue_lib.errors import PairingError
from clue_lib.tasks import TASKS
from clue_lib.types import Tier

STRICTEST: tuple[Tier, ...] = ("bundled", "public", "licensed", "credentialed")
"""The tiers of data, the strictest last."""


def is_mixed(tiers: Iterable[Tier]) -> bool:
    """Whether bundled examples, which are made up, would stand among real ones."""
    return len({tier == "bundled" for tier in tiers}) > 1


def counted(tiers: Mapping[str, Tier]) -> tuple[str, ...]:
    """Those of these tasks (name → tier of its data) that count in what is judged over all tasks, in their order.

    They are CLUE's tasks with real data where any has, else all of CLUE's; a monitored task and a user's own never
    count.
    """
    judged = [name for name in tiers if name in TASKS and not TASKS[name].is_monitored]
    real = [name for name in judged if tiers[name] != "bundled"]
    return tuple(real or judged)


def joint_tier(tiers: Sequence[Tier], task: str) -> Tier:
    """The strictest of several tiers. Raises PairingError where bundled data would be mixed with real."""
    if is_mixed(tiers):
        raise PairingError(f"{task}: bundled and real data are never averaged together; leave one of them out")
    return max(tiers, key=STRICTEST.index)
