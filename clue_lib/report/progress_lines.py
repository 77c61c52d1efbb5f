"""How far a run has come, in lines: for a log, and for a live view on a terminal; and how long it will take."""

import math

from clue_lib.report.figures import WIDTH
from clue_lib.text import shorten
from clue_lib.types import Progress


def progress(now: Progress) -> str:
    """One line on how far the generation or the scoring is."""
    unit = " metrics" if now.stage == "scoring" else ""
    line = f"{now.stage} {now.side} {now.task}: {now.done}/{now.total}{unit}"
    if not now.done:
        return line
    told = f"{line}{_speed(now)}, {_duration(seconds_left(now))} left"
    of_run = "" if now.run_seconds_left is None else f" ({_duration(now.run_seconds_left)} in all)"
    return told + of_run if len(told + of_run) <= WIDTH else told


def seconds_left(now: Progress) -> float:
    """How long this model still takes for this task, at the pace so far; 0 before the first answer."""
    return now.seconds / now.done * (now.total - now.done) if now.done else 0.0


def _speed(now: Progress) -> str:
    if now.stage == "scoring":
        return ""
    rate = now.new_tokens / now.seconds if now.seconds > 0 else 0.0
    return f", {rate:.0f} tokens/s"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 10_000 else f"{seconds / 3600:.0f} h"


def bar(now: Progress, columns: int, *, seconds_since: float = 0.0, characters: str = "━─") -> str:
    """One line of a live view, no wider than the terminal: what is done, a bar, and the time left.

    `seconds_since` the step was told, the time left has run down by so much. The bar is drawn with two `characters`, of
    what is done and what is left. Where there is little room the speed gives way, then the bar, then words.
    """
    unit = " metrics" if now.stage == "scoring" else ""
    done = f"{now.side} {now.task} {now.done}/{now.total}{unit}"
    clock, of_what = _time_left(now, seconds_since)
    left = f"{clock}{of_what}"
    with_speed = f"{_speed(now)[2:]}  {left}" if now.done and _speed(now) else left
    for right in (with_speed, left):
        room = min(columns - len(done) - len(right) - 4, _LONGEST_BAR)
        if room >= _SHORTEST_BAR:
            n_done = round(room * now.done / max(now.total, 1))
            drawn = characters[0] * n_done + characters[1] * (room - n_done)
            return f"{done}  {drawn}  {right}".rstrip()
    in_words = f"{done}, {clock} left"
    if clock and len(in_words) <= columns:
        return in_words
    return shorten(f"{done}, {clock}".rstrip(", "), columns)


_SHORTEST_BAR, _LONGEST_BAR = 6, 60
"""Columns of a bar: a shorter one tells nothing, a longer one no more."""


def _time_left(now: Progress, seconds_since: float) -> tuple[str, str]:
    """As a clock shows it, and of what: of the whole run where that is known, else of this task."""
    if now.run_seconds_left is not None:
        return _clock(now.run_seconds_left - seconds_since), " left of the run"
    return (_clock(seconds_left(now) - seconds_since), " left") if now.done else ("", "")


def _clock(seconds: float) -> str:
    """As a clock shows it: 0:07, 12:30, 3:05:00."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def expected_time(seconds: float, n_answers: int, *, is_measured: bool) -> str:
    """How long generating takes, for the header; nothing of it counts the engine's start."""
    if not n_answers:
        return "nothing to generate: every answer is stored"
    if not seconds:
        return f"not known for {n_answers:,} answers: the backend answers in this process"
    minutes = math.ceil(seconds / 60)
    how = "as this machine took before" if is_measured else "at an assumed rate"
    duration = f"{minutes / 60:,.1f} h" if minutes >= 120 else f"{minutes} min"
    return f"about {duration} for {n_answers:,} answers, {how}"
