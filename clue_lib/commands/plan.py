"""`python -m clue_lib plan`: what a run would cost and could see, before any engine starts."""

import argparse
import dataclasses
import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from clue_lib import assumptions, power, settings, stored
from clue_lib.assumptions import Sample, Spread
from clue_lib.datasets import reference
from clue_lib.errors import MissingData, OptionError
from clue_lib.planning import PlannedTask, plan_task
from clue_lib.power import Forecast
from clue_lib.report.figures import NOTHING, percent
from clue_lib.settings import RELEASE_REPEATS, Settings
from clue_lib.tasks import TASKS
from clue_lib.text import shorten
from clue_lib.thresholds import WHOLE_RUN
from clue_lib.types import Profile

N_COUNTED = 200
"""Prompts of a task whose tokens are counted, evenly spaced; the others are taken to be as long on average."""

WIDTH = 100
_FILES = {True: "official", False: "unofficial", None: "bundled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One model's tokens for one task: `prompt` in reference tokens, `new` at most."""

    prompt: int
    new: int


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("plan", help="what a run would cost and could see; loads no model")
    parser.add_argument("--model", required=True, metavar="NAME", help="candidate, named as for pytest --model")
    parser.add_argument("--baseline", metavar="NAME", help="default: the base the registry or adapter names")
    parser.add_argument("--backend", default="auto", help="auto, vllm, transformers or scripted")
    parser.add_argument("--data-root", metavar="DIR", help="folder below which the real data files lie")
    parser.add_argument("--profile", help="smoke, ci (default), release or point")
    parser.add_argument("--limit", type=int, metavar="N", help="examples per task")
    parser.add_argument("--thresholds", type=Path, default=Path("thresholds.toml"), metavar="FILE")
    parser.add_argument("--store", metavar="DIR", help="folder of generations; default: the user's cache")
    parser.add_argument("--prompts", metavar="DIR", help="folder of prompt texts")
    parser.add_argument("--seed", type=int, default=0, help="chooses shots and the subset of --limit; default 0")
    parser.add_argument("--tokens-per-second", type=float, metavar="N", help="your engine's, for prompts and answers")
    parser.set_defaults(run=plan)


def plan(given: argparse.Namespace) -> int:
    """Print costs, what each gate could see, and the chances of an equal model. Raises UserError."""
    if given.tokens_per_second is not None and not 0 < given.tokens_per_second < math.inf:
        raise OptionError(f"--tokens-per-second={given.tokens_per_second}: it must be a number above 0")
    chosen = settings.from_options(vars(given) | {"engine_arg": (), "report_dir": "."})
    planned, absent = _planned(chosen)
    samples = {name: sample(task) for name, task in planned.items()}
    known = {name: stored.spreads(task, chosen) for name, task in planned.items()}
    costs = {name: cost(task) for name, task in planned.items()}
    spreads = {key: value for one in samples.values() for key, value in assumptions.assumed_spreads(one).items()}
    spreads |= {key: value for one in known.values() for key, value in one.items()}
    policy = chosen.thresholds.policy
    found = power.forecasts(chosen.thresholds.gates, spreads, samples, policy=policy, absent=absent)
    names = (shorten(spec.name, 30) for spec in (chosen.candidate, chosen.baseline))
    print(f"{' against '.join(names)}, profile {chosen.profile}: nothing was loaded\n")
    print(_tasks(planned, absent, samples, costs, known))
    print("\n".join(_time(costs, known, given.tokens_per_second)) + "\n")
    print(_gates(found) + "\n")
    chances = power.chances(found, samples, policy)
    drawn, redrawn = at_release(samples, spreads)
    released = power.forecasts(chosen.thresholds.gates, redrawn, drawn, policy=policy, absent=absent)
    print(_chances({**chances, "release": power.chances(released, drawn, policy)["release"]}) + "\n")
    print(textwrap.fill(advice(found, samples, chosen.profile, policy.power), WIDTH, break_on_hyphens=False))
    return 0


def sample(planned: PlannedTask) -> Sample:
    """The task's data as errors depend on it."""
    clusters = {example.id: example.cluster for example in planned.examples}
    return Sample(
        task=planned.task.name,
        tier=planned.source.tier,
        sizes=tuple(Counter(clusters.values()).values()),
        n_repeats=max(1, round(len(planned.examples) / len(clusters))),
    )


def at_release(
    samples: Mapping[str, Sample], spreads: Mapping[tuple[str, str], Spread]
) -> tuple[dict[str, Sample], dict[tuple[str, str], Spread]]:
    """Samples and spreads as `release` has them: contexts are drawn oftener, which stored answers lack."""
    more = {
        name: dataclasses.replace(one, n_repeats=RELEASE_REPEATS)
        for name, one in samples.items()
        if TASKS[name].draw and one.n_repeats != RELEASE_REPEATS
    }
    assumed = {key: value for one in more.values() for key, value in assumptions.assumed_spreads(one).items()}
    return {**samples, **more}, {**spreads, **assumed}


def cost(planned: PlannedTask) -> Cost:
    """One model's tokens; prompts are counted by the reference tokenizer, `N_COUNTED` of them."""
    requests = planned.requests[:: math.ceil(len(planned.requests) / N_COUNTED)]
    turns = Counter(message.content for request in requests for message in request.messages)
    counted = sum(reference.n_tokens(text) * times for text, times in turns.items())  # shots are counted once
    return Cost(
        prompt=round(counted / len(requests) * len(planned.requests)),
        new=sum(request.sampling.max_new_tokens for request in planned.requests),
    )


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
            planned[name] = plan_task(task, chosen)
        except MissingData as error:
            absent[name] = str(error)
    return planned, absent


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
    lines = [f"to generate: {prompt:,} prompt tokens ({reference.NAME}), at most {new:,} new, for both"]
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


def _chances(chances: Mapping[Profile, float]) -> str:
    never = "never: it demands every gate judged, on real data"
    notes = {
        "smoke": "certifies nothing; false alarms over the run, bounded by Holm",
        "ci": "false alarms over the run, bounded by Holm",
        "release": "all primaries hold: the product of their P(hold), as if independent",
        "point": "no difference beyond its margin: the product over all gates, as if independent",
    }
    rows = []
    for profile, chance in chances.items():
        least = "≥ " if profile in {"smoke", "ci"} and chance else ""
        note = never if profile == "release" and not chance else notes[profile]
        rows.append((f"  {profile}", f"{least}{100 * chance:.0f} %", note))
    table = tabulate(rows, tablefmt="plain", colalign=("left", "right", "left"), disable_numparse=True)
    return f"P(pass) of a candidate as good as its baseline; P(hold) above likewise\n{table}"
