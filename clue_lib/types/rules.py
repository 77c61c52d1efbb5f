"""What a gate tolerates, as a table of the thresholds file or a task of the user's own states it."""

from dataclasses import dataclass

from clue_lib.types.flow import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """By how much a candidate may be worse than its baseline on one metric, and why that much.

    `margin` is a share in 0..1 (0.03 is three points). A gate of role "primary" must hold in profile `release`; one of
    role "monitor" is shown and fails no run. `floor` and `ceiling`, shares too, bound the candidate's own value
    whatever the baseline's.
    """

    margin: float
    reason: str
    role: Role = "gate"
    floor: float | None = None
    ceiling: float | None = None

    @property
    def fault(self) -> str:
        """What is wrong with the values, in words; empty where nothing is."""
        for name in ("margin", "floor", "ceiling"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                return f"{name} = {value}; it is a share and must lie between 0 and 1"
        if self.floor is not None and self.ceiling is not None and self.floor > self.ceiling:
            return f"floor = {self.floor} is above ceiling = {self.ceiling}; no model is both"
        if not self.reason.strip():
            return "reason is empty; say why this margin is tolerable"
        return ""
