"""What `thresholds explain` prints: a table of gates, what its columns mean, and where each margin comes from."""

import itertools
import math
from collections.abc import Iterable, Sequence

from clue_lib.forecast.explained import Explained
from clue_lib.report.columns import fitted, left_out, wrapped
from clue_lib.report.figures import NOTHING, percent
from clue_lib.text import shorten

UNKNOWN = "?"
"""Stands for the skill of a baseline whose answers are not stored."""

_HEADINGS = ("gate", "margin", "skill", "kept", "MDE", "equal", "−1", "−3", "−5")
_GIVE_WAY = ("−1", "kept", "skill")
"""What a narrow terminal has no room for, in this order."""

_LEGEND = (
    "Margin, skill and MDE in points. MDE is the smallest loss that this data would mostly show after the correction "
    "for all gates of a run. equal, −1, −3, −5: how often, in percent, profile ci fails a model for this gate that is "
    "as good as the baseline, or one, three, five points worse on it; equal models' differences are assumed to vary as "
    "in `plan`."
)
_OF_SKILL = (
    "skill is what the baseline scores beyond its score on other examples' golds; kept is the share of it, in percent, "
    "that a model keeps which is worse by the margin."
)
_NOT_KNOWN = f"{UNKNOWN}: not known: no stored answers of the baseline to all prompts of the task."


def lines(explained: Sequence[Explained], columns: int, *, has_baseline: bool) -> list[str]:
    """The table and all that explains it, in lines for a terminal of so many columns."""
    rows = [_HEADINGS, *(_cells(one) for one in explained)]
    missing = left_out(rows, columns, give_way=_GIVE_WAY)
    narrow = f"No room here for {', '.join(missing)}: a wider terminal shows them." if missing else ""
    unnamed = "" if has_baseline else "--baseline=NAME, whose answers are stored, gives the skill."
    not_known = _NOT_KNOWN if any(_skill(one) == UNKNOWN for one in explained) else ""
    told = " ".join(part for part in (_LEGEND, _OF_SKILL, not_known, unnamed, narrow) if part)
    return [*_table(explained, rows, columns), "", *wrapped(told, columns), "", *_sources(explained, columns)]


def _table(explained: Sequence[Explained], rows: Sequence[tuple[str, ...]], columns: int) -> list[str]:
    """The headings, then the gates of each task below its name, and why some of them can't be judged."""
    heading, *lines = fitted(rows, columns, give_way=_GIVE_WAY)
    table = [heading]
    pairs = zip(explained, lines, strict=True)
    for task, of_task in itertools.groupby(pairs, key=lambda pair: _prefix(pair[0])):
        found = list(of_task)
        table.append(shorten(task, columns))
        table += [line for _, line in found]
        why = dict.fromkeys(one.reason for one, _ in found if one.reason)
        table += [line for reason in why for line in wrapped(reason, columns, first="    ", rest="      ")]
    return table


def _prefix(one: Explained) -> str:
    """The gate's id without the metric: its level and task, or its group."""
    return one.gate.id.removesuffix(f".{one.gate.metric}")


def _cells(one: Explained) -> tuple[str, ...]:
    kept = NOTHING if one.retained is None else percent(max(one.retained, 0.0))
    start = (f"  {one.gate.metric}", percent(one.gate.margin), _skill(one), kept)
    if one.mde is None:
        return (*start, *[NOTHING] * 5)
    mde = percent(one.mde) if math.isfinite(one.mde) else "none"
    return (*start, mde, *(f"{100 * chance:.0f}" for chance in one.fails))


def _skill(one: Explained) -> str:
    """The baseline's skill; nothing for what is not measured by skill, as failure modes are not."""
    if one.signal is not None:
        return percent(one.signal.skill).replace("-", "−")
    has_skill = one.gate.is_main_metric or one.gate.kind == "average"
    return UNKNOWN if has_skill else NOTHING


def _sources(explained: Iterable[Explained], columns: int) -> list[str]:
    """Where each margin comes from: the table that states it, and the reason that stands there."""
    tables = {one.gate.table: one.gate for one in explained}
    told = ["Where the margins come from"]
    for table, gate in tables.items():
        said = f"[{table}] {percent(gate.margin)}: {gate.reason}"
        told += wrapped(said, columns, first="  ", rest="    ")
    return told
