"""What `plan` prints: tables of tasks, gates and chances, and the advice below them."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from clue_lib.datasets import reference_tokenizer
from clue_lib.engines import SPEEDS
from clue_lib.forecast import Cost, Forecast, Sample, Spread
from clue_lib.judging import RULES, profiles
from clue_lib.report.figures import NOTHING, percent
from clue_lib.report.shown import is_main
from clue_lib.runs import PlannedTask
from clue_lib.text import shorten
from clue_lib.types import Profile

WIDTH = 100
_FILES = {True: "official", False: "unofficial", None: "bundled"}
_CHANCES: Mapping[Profile, str] = {
    "smoke": "certifies nothing; false alarms over the run, bounded by the correction",
    "ci": "false alarms over the run, bounded by the correction",
    "release": "all primaries hold: the product of their P(hold), as if independent",
    "point": "no difference beyond its margin: the product over all gates, as if independent",
}
"""How the chance of each profile is reckoned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """One task as it would be run. `observed` are the spreads that stored answers tell; empty where they lack some."""

    planned: PlannedTask
    sample: Sample
    cost: Cost
    observed: Mapping[tuple[str, str], Spread]


def tasks_table(tasks: Mapping[str, TaskPlan], absent: Iterable[str]) -> str:
    """What each task reads and how many tokens it takes; `absent` tasks have no data."""
    rows: list[tuple[str, ...]] = [
        ("task", "data", "examples", "clusters", "wordings", "prompt tokens", "new at most", "answers")
    ]
    for name, task in tasks.items():
        sample, cost = task.sample, task.cost
        repeats = f" × {sample.n_repeats}" if sample.n_repeats > 1 else ""
        examples, clusters = f"{sample.n:,}{repeats}", f"{len(sample.sizes):,}"
        answers = "stored" if task.observed else "to generate"
        data = _FILES[task.planned.source.official]
        wordings = f"{task.planned.n_wordings}"
        rows.append((name, data, examples, clusters, wordings, f"{cost.prompt:,}", f"{cost.new:,}", answers))
    rows += [(name, "no data", "", "", "", "", "", "") for name in absent]
    return _table(rows, "left", "left", "right", "right", "right", "right", "right", "left")


def time_lines(tasks: Iterable[TaskPlan], rate: float | None, measured: float | None = None) -> list[str]:
    """Tokens of both models that are not stored, and how long they take, at `rate` tokens a second if it is given.

    `measured` are the seconds by what this machine has shown of both models, None where it has not.
    """
    costs = [task.cost for task in tasks if not task.observed]
    prompt, new = 2 * sum(cost.prompt for cost in costs), 2 * sum(cost.new for cost in costs)
    lines = [f"to generate: {prompt:,} prompt tokens ({reference_tokenizer.NAME}), at most {new:,} new, for both"]
    if rate is not None:
        return [*lines, f"engine time at most {_duration((prompt + new) / rate)} at {rate:,.0f} tokens a second"]
    if measured is not None:
        return [*lines, f"engine time about {_duration(measured)}, as this machine took before"]
    for kind, speed in SPEEDS.items():
        rates = f"{speed.prompt:,.0f} prompt and {speed.new:,.0f} new tokens a second"
        seconds = prompt / speed.prompt + new / speed.new
        lines.append(f"engine time at most {_duration(seconds)} by {kind}: {rates}")
    return [*lines, "  rates are assumed, shared prefixes not deducted; --tokens-per-second=N replaces them"]


def gates_table(forecasts: Sequence[Forecast], assistance: Mapping[tuple[str, str], float]) -> str:
    """CLUE's metrics and the whole run's gates, in percent and points; below them why some can't be judged.

    The MDE is what shows after the correction for all gates of the run; `assistance` says by task and metric how much
    of it is left with the help of stored scores.
    """
    rows = [("gate", "role", "margin", "MDE", "P(hold)", "clusters", "needed", "variance")]
    reasons = []
    for one in forecasts:
        if not is_main(one.gate):
            continue
        start = (one.gate.id, one.gate.role, percent(one.gate.margin))
        if one.spread is None:
            rows.append((*start, NOTHING, NOTHING, "", "", "not judged"))
            reasons.append(shorten(f"  {one.gate.id}: {one.reason}", WIDTH))
        else:
            rows.append((*start, *_figures(one, one.spread)))
    table = _table(rows, "left", "left", "right", "right", "right", "right", "right", "left")
    return "\n".join([table, *reasons, *_assisted(forecasts, assistance)])


def _assisted(forecasts: Iterable[Forecast], assistance: Mapping[tuple[str, str], float]) -> list[str]:
    """The MDE of the gates that stored scores help, in lines; none where there are none."""
    told = [
        f"{one.gate.task}.{one.gate.metric} {percent(one.mde_corrected * assistance[one.gate.task, one.gate.metric])}"
        for one in forecasts
        if (one.gate.task, one.gate.metric) in assistance and math.isfinite(one.mde_corrected)
    ]
    if not told:
        return []
    line = f"MDE assisted by stored scores, to look at: {', '.join(told)}"
    return textwrap.wrap(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _figures(one: Forecast, spread: Spread) -> tuple[str, str, str, str, str]:
    mde = percent(one.mde_corrected) if math.isfinite(one.mde_corrected) else "∞"
    needed = f"{one.needed:,}" if one.needed else ""
    origin = "stored" if spread.is_stored else "assumed"
    return mde, f"{100 * one.holds:.0f} %", f"{spread.n_clusters:,}", needed, origin


def chances_table(passing: Mapping[Profile, float]) -> str:
    """How likely a model as good as its base passes each profile, and how that was reckoned."""
    rows = []
    for profile, chance in passing.items():
        rules = RULES[profile]
        is_bound = not rules.certifies and not rules.by_difference
        least = "≥ " if is_bound and chance else ""
        never = rules.certifies and not chance
        note = "never: it demands every gate judged, on real data" if never else _CHANCES[profile]
        rows.append((f"  {profile}", f"{least}{100 * chance:.0f} %", note))
    heading = "P(pass) of a candidate as good as its baseline; P(hold) above likewise"
    return f"{heading}\n{_table(rows, 'left', 'right', 'left')}"


def advice(forecasts: Sequence[Forecast], samples: Mapping[str, Sample], profile: Profile, wanted: float) -> str:
    """One line: what to change so that an equal model passes; `wanted` is the chance to hold that suffices."""
    if RULES[profile].certifies and (lacking := _lacking(forecasts, samples)):
        return f"To change: give real data of {', '.join(lacking)} with --data-root."
    # no model can hold a margin of 0
    short = [one for one in forecasts if one.spread and one.holds < wanted and one.gate.margin > 0]
    if not short:
        return "Nothing to change: an equal model holds every margin."
    first = min(short, key=lambda one: (one.gate.role != "primary", one.holds))
    ways = [f"{first.needed:,} clusters"] if first.needed else []
    ways += [f"margin {percent(first.mde)}"] if math.isfinite(first.mde) else []
    tail = f"; {len(short) - 1} more likewise" if len(short) > 1 else ""
    return f"To change: {first.gate.id} needs {' or '.join(ways)}{tail}."


def _lacking(forecasts: Iterable[Forecast], samples: Mapping[str, Sample]) -> list[str]:
    """The tasks without the real data that a profile demands which certifies."""
    unjudged = [one.gate.task for one in forecasts if one.spread is None and not one.gate.is_of_run]
    bundled = profiles.bundled({name: sample.tier for name, sample in samples.items()})
    return list(dict.fromkeys([*unjudged, *bundled]))


def _duration(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return f"{minutes / 60:,.1f} h" if minutes >= 120 else f"{minutes} min"


def _table(rows: Sequence[Sequence[str]], *aligned: str) -> str:
    return tabulate(rows, tablefmt="plain", colalign=aligned, disable_numparse=True)
