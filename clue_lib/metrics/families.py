"""Families of failure modes: one flag for any of them."""

from collections.abc import Mapping, Sequence


def any_of(scores: Mapping[str, Sequence[float | None]], members: Sequence[str]) -> tuple[float | None, ...]:
    """Per response 1 where any member's value is above 0, else 0; None where no member says anything of it.

    `scores` are a task's aligned values by metric; members that the task does not have are left out. Raises ValueError
    where it has none of them.
    """
    present = [scores[name] for name in members if name in scores]
    if not present:
        raise ValueError(f"none of {', '.join(members)} was scored")
    return tuple(_any(values) for values in zip(*present, strict=True))


def _any(values: Sequence[float | None]) -> float | None:
    said = [value for value in values if value is not None]
    return float(any(value > 0 for value in said)) if said else None
