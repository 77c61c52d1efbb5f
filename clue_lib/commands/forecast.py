"""`python -m clue_lib plan`: what a run would cost and could see, before any engine starts."""

import argparse
import math
import textwrap
from pathlib import Path

from clue_lib import engines
from clue_lib.commands import forecast_text as text
from clue_lib.commands.forecast_text import WIDTH, TaskPlan
from clue_lib.errors import MissingData, OptionError
from clue_lib.forecast import (
    Forecast,
    Sample,
    Spread,
    assumed_spreads,
    at_release,
    cost,
    forecasts,
    observed_spreads,
    of_profiles,
    sample,
)
from clue_lib.judging import thresholds_file
from clue_lib.report import asked
from clue_lib.runs import PlannedTask, check_wordings, plan_task
from clue_lib.session import asking, assisting, settings
from clue_lib.session.options import Options
from clue_lib.session.settings import Settings
from clue_lib.tasks import TASKS
from clue_lib.text import shorten
from clue_lib.types import Chat, Profile

Spreads = dict[tuple[str, str], Spread]
"""By task and metric, or task and family."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("plan")
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
    parser.add_argument("--wordings", type=int, metavar="N", help="as for pytest --wordings")
    parser.add_argument("--reasoning", default="auto", help="as for pytest --reasoning: auto, off or native")
    parser.add_argument("--thinking-budget", type=int, metavar="N", help="tokens of a thought; default 2048")
    parser.add_argument("--template", default="auto", help="as for pytest --template: auto or plain")
    parser.add_argument("--seed", type=int, default=0, help="draws shots, wordings and --limit's subset; default 0")
    parser.add_argument("--context", type=int, metavar="TOKENS", help="room of LongHealth's prompts, as for pytest")
    parser.add_argument("--repeats", type=int, metavar="N", help="drawings of LongHealth's letters, as for pytest")
    parser.add_argument("--tokens-per-second", type=float, metavar="N", help="your engine's, for prompts and answers")
    parser.set_defaults(run=plan)


def plan(given: argparse.Namespace) -> int:
    """Print costs, what each gate could see, and the chances of an equal model. Raises UserError."""
    rate = given.tokens_per_second
    if rate is not None and not 0 < rate < math.inf:
        raise OptionError(f"--tokens-per-second={rate}: it must be a number above 0")
    chosen = settings.from_options(_options(given))
    chat = asking.chat_for(chosen.wanted, _folders(chosen))
    tasks, absent = _task_plans(chosen, chat)
    samples = {name: task.sample for name, task in tasks.items()}
    spreads = _spreads(tasks)
    expected = _forecasts(chosen, spreads, samples, absent)
    names = [shorten(spec.name, 30) for spec in (chosen.candidate, chosen.baseline)]
    print(f"{' against '.join(names)}, profile {chosen.profile}: nothing was loaded\n")
    if told := "; ".join(asked.words(chat)):
        print(textwrap.fill(f"prompts: {told}", WIDTH, break_on_hyphens=False) + "\n")
    print(text.tasks_table(tasks, absent))
    print("\n".join(text.time_lines(list(tasks.values()), rate, _measured_seconds(chosen, tasks))) + "\n")
    print(text.gates_table(expected, _assistance(chosen, tasks)) + "\n")
    print(text.chances_table(_chances(chosen, expected, spreads, samples, absent)) + "\n")
    advice = text.advice(expected, samples, chosen.profile, chosen.thresholds.policy.power)
    print(textwrap.fill(advice, WIDTH, break_on_hyphens=False))
    return 0


def _options(given: argparse.Namespace) -> Options:
    return Options(
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
        wordings=given.wordings,
        reasoning=given.reasoning,
        thinking_budget=given.thinking_budget,
        template=given.template,
        seed=given.seed,
        context=given.context,
        repeats=given.repeats,
    )


def _folders(chosen: Settings) -> list[tuple[str, Path]]:
    """The models that lie in folders, by name: of others nothing is known before they are fetched."""
    specs = (chosen.baseline, chosen.candidate)
    return [(spec.name, Path(spec.location)) for spec in specs if spec.kind == "folder"]


def _task_plans(chosen: Settings, chat: Chat) -> tuple[dict[str, TaskPlan], dict[str, str]]:
    """Every task that has data, and why the others have none."""
    tasks, absent = {}, {}
    for name, task in TASKS.items():
        try:
            planned = plan_task(task, chosen.of_prompts).asked_by(chat)
        except MissingData as error:
            absent[name] = str(error)
        else:
            tasks[name] = TaskPlan(
                planned=planned, sample=sample(planned), cost=cost(planned), observed=_observed(planned, chosen)
            )
    check_wordings(chosen.n_wordings, [task.planned for task in tasks.values()])
    return tasks, absent


def _measured_seconds(chosen: Settings, tasks: dict[str, TaskPlan]) -> float | None:
    """How long both models take for what is not stored, by what they took before; None where one is not known."""
    factors = engines.Factors(chosen.store)
    shown = [factors.of(chosen.backend.name, spec.name) for spec in (chosen.baseline, chosen.candidate)]
    known = [factor for factor in shown if factor is not None]
    if len(known) < len(shown):
        return None
    requests = [request for task in tasks.values() if not task.observed for request in task.planned.requests]
    return sum(known) * engines.assumed_seconds(requests)


def _observed(planned: PlannedTask, chosen: Settings) -> Spreads:
    return observed_spreads(
        planned, chosen.baseline, chosen.candidate, store_folder=chosen.store, policy=chosen.thresholds.policy
    )


def _assistance(chosen: Settings, tasks: dict[str, TaskPlan]) -> dict[tuple[str, str], float]:
    """By task and metric, the share of a limited run's MDE that is left with stored scores' help; where it helps."""
    if chosen.limit is None:
        return {}
    shares: dict[tuple[str, str], float] = {}
    for name, task in tasks.items():
        shares |= {(name, metric): share for metric, share in assisting.expected(chosen, task.planned).items()}
    return shares


def _spreads(tasks: dict[str, TaskPlan]) -> Spreads:
    """Of every task's metrics and families: what the store tells, else what is assumed."""
    spreads: Spreads = {}
    for task in tasks.values():
        spreads |= assumed_spreads(task.sample)
        spreads |= task.observed
    return spreads


def _forecasts(
    chosen: Settings, spreads: Spreads, samples: dict[str, Sample], absent: dict[str, str]
) -> tuple[Forecast, ...]:
    thresholds = chosen.thresholds
    return forecasts(thresholds.gates, spreads, samples, policy=thresholds.policy, absent=absent)


def _chances(
    chosen: Settings,
    expected: tuple[Forecast, ...],
    spreads: Spreads,
    samples: dict[str, Sample],
    absent: dict[str, str],
) -> dict[Profile, float]:
    """The chance that an equal model passes each profile; that of `release` with the contexts that it would draw."""
    policy = chosen.thresholds.policy
    drawn, redrawn = at_release(samples, spreads, chosen.repeats)
    released = of_profiles(_forecasts(chosen, redrawn, drawn, absent), drawn, policy)
    return of_profiles(expected, samples, policy) | {"release": released["release"]}
