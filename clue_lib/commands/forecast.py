"""`python -m clue_lib plan`: what a run would cost and could see, before any engine starts."""

import argparse
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from clue_lib.datasets import reference_tokenizer
from clue_lib.errors import MissingData, OptionError
from clue_lib.forecast import assumptions, chances, observed
from clue_lib.forecast.assumptions import Sample, Spread
from clue_lib.forecast.chances import Forecast
from clue_lib.forecast.costs import Cost, at_release, cost, sample
from clue_lib.judging import thresholds_file
from clue_lib.judging.thresholds import WHOLE_RUN
from clue_lib.report.figures import NOTHING, percent
from clue_lib.runs.planning import PlannedTask, plan_task
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.settings import Settings
from clue_lib.tasks import TASKS
from clue_lib.text import shorten
from clue_lib.types import Profile

WIDTH = 100
_FILES = {True: "official", False: "unofficial", None: "bundled"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("plan", help="what a run would cost and could see; loads no model")
    parser.add_argument("--model", required=True, metavar="NAME", help="candidate, named as for pytest --model")
    parser.add_argument("--baseline", metavar="NAME", help="default: the base the registry or adapter names")
    parser.add_argument("--models-file", metavar="FILE", help="TOML file of aliases of your own")
    parser.add_argument("--backend", default="auto", help="as for pytest --backend")
    parser.add_argument("--data-root", metavar="DIR", help="folder below which the real data files lie")
    parser.add_argument("--profile", help="smoke, ci (default), release or point")
    parser.add_argument("--limit", type=int, metavar="N", help="examples per task")
    parser.add_argument("--thresholds", type=Path, metavar="FILE", help=thresholds_file.HELP)
    parser.add_argument("--store", metavar="DIR", help="folder of generations; default: the user's cache")
    parser.add_argument("--prompts", metavar="DIR", help="folder of prompt texts")
    parser.add_argument("--seed", type=int, default=0, help="chooses shots and the subset of --limit; default 0")
    parser.add_argument("--tokens-per-second", type=float, metavar="N", help="your engine's, for prompts and answers")
    parser.set_defaults(run=plan)


def plan(given: argparse.Namespace) -> int:
    """Print costs, what each gate could see, and the chances of an equal model. Raises UserError."""
    if given.tokens_per_second is not None and not 0 < given.tokens_per_second < math.inf:
        raise OptionError(f"--tokens-per-second={given.tokens_per_second}: it must be a number above 0")
    chosen = settings.from_options(
        Options(
            thresholds=given.thresholds,
            model=given.model,
            baseline=given.baseline,
            models_file=given.models_file,
            backend=given.backend,
            data_root=given.data_root,
            limit=given.limit,
            profile=given.profile,
            store=given.store,
            prompts=given.prompts,
            seed=given.seed,
        )
    )
    planned, absent = _planned(chosen)
    samples = {name: sample(task) for name, task in planned.items()}
    known = {name: _observed(task, chosen) for name, task in planned.items()}
    costs = {name: cost(task) for name, task in planned.items()}
    spreads = {key: value for one in samples.values() for key, value in assumptions.assumed_spreads(one).items()}
    spreads |= {key: value for one in known.values() for key, value in one.items()}
    policy = chosen.thresholds.policy
    found = chances.forecasts(chosen.thresholds.gates, spreads, samples, policy=policy, absent=absent)
    names = (shorten(spec.name, 30) for spec in (chosen.candidate, chosen.baseline))
    print(f"{' against '.join(names)}, profile {chosen.profile}: nothing was loaded\n")
    print(_tasks(planned, absent, samples, costs, known))
    print("\n".join(_time(costs, known, given.tokens_per_second)) + "\n")
    print(_gates(found) + "\n")
    passing = chances.of_profiles(found, samples, policy)
    drawn, redrawn = at_release(samples, spreads)
    released = chances.forecasts(chosen.thresholds.gates, redrawn, drawn, policy=policy, absent=absent)
    print(_chances({**passing, "release": chances.of_profiles(released, drawn, policy)["release"]}) + "\n")
    print(textwrap.fill(advice(found, samples, chosen.profile, policy.power), WIDTH, break_on_hyphens=False))
    return 0


def advice(found: Sequence[Forecast], samples: Mapping[str, Sample], profile: Profile, wanted: float) -> str:
    """One line: what to change so that an equal model passes."""
    unjudged = [one for one in found if one.spread is None]
    bundled = [name for name, one in samples.items() if one.tier == "bundled" and TASKS[name].level != "monitored"]
    if profile == "release" and (unjudged or bundled):
        lacking = dict.fromkeys([*(one.gate.task for one in unjudged if one.gate.task not in WHOLE_RUN), *bundled])
        return f"To change: give real data of {', '.join(lacking)} with --data-root."
    short = [one for one in found if one.spread and one.holds < wanted and one.gate.margin > 0]  # 0: none can be held
    if not short:
        return "Nothing to change: an equal model holds every margin."
    first = min(short, key=lambda one: (one.gate.role != "primary", one.holds))
    ways = [f"{first.needed:,} clusters"] if first.needed else []
    ways += [f"margin {percent(first.mde)}"] if math.isfinite(first.mde) else []
    tail = f"; {len(short) - 1} more likewise" if len(short) > 1 else ""
    return f"To change: {first.gate.id} needs {' or '.join(ways)}{tail}."


def _planned(chosen: Settings) -> tuple[dict[str, PlannedTask], dict[str, str]]:
    planned, absent = {}, {}
    for name, task in TASKS.items():
        try:
            planned[name] = plan_task(task, chosen.of_prompts)
        except MissingData as error:
            absent[name] = str(error)
    return planned, absent


def _observed(planned: PlannedTask, chosen: Settings) -> dict[tuple[str, str], Spread]:
    return observed.spreads(
        planned, chosen.baseline, chosen.candidate, store_folder=chosen.store, policy=chosen.thresholds.policy
    )


def _tasks(
    planned: Mapping[str, PlannedTask],
    absent: Mapping[str, str],
    samples: Mapping[str, Sample],
    costs: Mapping[str, Cost],
    known: Mapping[str, Mapping[tuple[str, str], Spread]],
) -> str:
    rows: list[tuple[str, ...]] = []
    for name, one in samples.items():
        repeats = f" × {one.n_repeats}" if one.n_repeats > 1 else ""
        numbers = (f"{one.n:,}{repeats}", f"{len(one.sizes):,}", f"{costs[name].prompt:,}", f"{costs[name].new:,}")
        rows.append((name, _FILES[planned[name].source.official], *numbers, "stored" if known[name] else "to generate"))
    rows += [(name, "no data", "", "", "", "", "") for name in absent]
    headers = ("task", "data", "examples", "clusters", "prompt tokens", "new at most", "answers")
    aligned = ("left", "left", "right", "right", "right", "right", "left")
    return tabulate([headers, *rows], tablefmt="plain", colalign=aligned, disable_numparse=True)


def _time(costs: Mapping[str, Cost], known: Mapping[str, object], rate: float | None) -> list[str]:
    """Tokens of both models that are not stored, and what they take."""
    left = [cost for name, cost in costs.items() if not known[name]]
    prompt, new = 2 * sum(cost.prompt for cost in left), 2 * sum(cost.new for cost in left)
    lines = [f"to generate: {prompt:,} prompt tokens ({reference_tokenizer.NAME}), at most {new:,} new, for both"]
    if rate is not None:
        return [*lines, f"engine time at most {_duration((prompt + new) / rate)} at {rate:,.0f} tokens a second"]
    for kind, speed in assumptions.assumed().speed.items():
        rates = f"{speed.prompt:,.0f} prompt and {speed.new:,.0f} new tokens a second"
        lines.append(f"engine time at most {_duration(prompt / speed.prompt + new / speed.new)} by {kind}: {rates}")
    return [*lines, "  rates are assumed, shared prefixes not deducted; --tokens-per-second=N replaces them"]


def _duration(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return f"{minutes / 60:,.1f} h" if minutes >= 120 else f"{minutes} min"


def _gates(found: Iterable[Forecast]) -> str:
    """CLUE's metrics and the whole run's gates; percent and points."""
    rows, reasons = [], []
    for one in found:
        gate = one.gate
        if gate.task in TASKS and gate.metric not in TASKS[gate.task].clue_metrics:
            continue
        start = (gate.id, gate.role, percent(gate.margin))
        if one.spread is None:
            rows.append((*start, NOTHING, NOTHING, "", "", "not judged"))
            reasons.append(shorten(f"  {gate.id}: {one.reason}", WIDTH))
            continue
        mde = percent(one.mde) if math.isfinite(one.mde) else "∞"
        needed = f"{one.needed:,}" if one.needed else ""
        origin = "stored" if one.spread.is_stored else "assumed"
        rows.append((*start, mde, f"{100 * one.holds:.0f} %", f"{one.spread.n_clusters:,}", needed, origin))
    headers = ("gate", "role", "margin", "MDE", "P(hold)", "clusters", "needed", "variance")
    aligned = ("left", "left", "right", "right", "right", "right", "right", "left")
    table = tabulate([headers, *rows], tablefmt="plain", colalign=aligned, disable_numparse=True)
    return "\n".join([table, *reasons])


def _chances(passing: Mapping[Profile, float]) -> str:
    never = "never: it demands every gate judged, on real data"
    notes = {
        "smoke": "certifies nothing; false alarms over the run, bounded by Holm",
        "ci": "false alarms over the run, bounded by Holm",
        "release": "all primaries hold: the product of their P(hold), as if independent",
        "point": "no difference beyond its margin: the product over all gates, as if independent",
    }
    rows = []
    for profile, chance in passing.items():
        least = "≥ " if profile in {"smoke", "ci"} and chance else ""
        note = never if profile == "release" and not chance else notes[profile]
        rows.append((f"  {profile}", f"{least}{100 * chance:.0f} %", note))
    table = tabulate(rows, tablefmt="plain", colalign=("left", "right", "left"), disable_numparse=True)
    return f"P(pass) of a candidate as good as its baseline; P(hold) above likewise\n{table}"
