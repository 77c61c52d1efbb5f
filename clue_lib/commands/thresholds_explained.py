"""From options to what `thresholds explain` tells of each gate: the data is planned, stored answers are read."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from clue_lib import engines, models
from clue_lib.datasets import private
from clue_lib.engines.store_keeping import SCORES_FOLDER
from clue_lib.errors import MissingData, OptionError
from clue_lib.forecast import assumed_spreads, forecasts, sample
from clue_lib.forecast.explained import Explained, explained_gates
from clue_lib.judging import Policy, Thresholds, demanded, drawings_by_tier, signal
from clue_lib.judging.averages import tasks_in
from clue_lib.judging.signal import Skills
from clue_lib.models import ModelSpec
from clue_lib.runs import PlannedTask, PromptSettings, plan_task, skill, stored
from clue_lib.runs.stored import Whole
from clue_lib.tasks import TASKS
from clue_lib.types import Gate, Profile, Signal, TaskRun


def add_options(parser: argparse.ArgumentParser) -> None:
    """What says which data, and whose stored answers, the margins are held against."""
    parser.add_argument("--baseline", metavar="NAME", help="the base whose stored answers give the skill")
    parser.add_argument("--models-file", metavar="FILE", help="TOML file of aliases of your own")
    parser.add_argument("--data-root", metavar="DIR", help="folder below which the real data files lie")
    parser.add_argument("--store", metavar="DIR", help="folder of generations; default: the user's cache")
    parser.add_argument("--prompts", metavar="DIR", help="folder of prompt texts")
    parser.add_argument("--profile", default="ci", help="whose drawings of contexts are made: ci (default), release …")
    parser.add_argument("--seed", type=int, default=0, help="as for the gate; default 0")


def explained(thresholds: Thresholds, given: argparse.Namespace) -> tuple[Explained, ...]:
    """Every gate of the file that may fail a run. Raises UserError or StoreError."""
    plan, absent = _plan(_prompts(given))
    samples = {name: sample(planned) for name, planned in plan.items()}
    spreads = {key: value for one in samples.values() for key, value in assumed_spreads(one).items()}
    policy = thresholds.policy
    expected = forecasts(thresholds.gates, spreads, samples, policy=policy, absent=absent)
    confidences = demanded([one.gate for one in expected if one.spread is not None], policy)
    return explained_gates(expected, _signals(thresholds, plan, given), policy=policy, demanded=confidences)


def _prompts(given: argparse.Namespace) -> PromptSettings:
    if given.profile not in get_args(Profile):
        known = ", ".join(get_args(Profile))
        raise OptionError(f"--profile={given.profile}: no such profile; known: {known}")
    return PromptSettings(
        data_root=_folder("--data-root", given.data_root),
        prompts=_folder("--prompts", given.prompts),
        seed=given.seed,
        n_repeats=drawings_by_tier(given.profile),
    )


def _folder(option: str, named: str | None) -> Path | None:
    if named is not None and not Path(named).is_dir():
        raise OptionError(f"{option}={named}: no such folder; check the path")
    return Path(named) if named is not None else None


def _plan(settings: PromptSettings) -> tuple[dict[str, PlannedTask], dict[str, str]]:
    """The prompts of every task that has data, and why the others have none."""
    plan, absent = {}, {}
    for name, task in TASKS.items():
        try:
            plan[name] = plan_task(task, settings)
        except MissingData as error:
            absent[name] = str(error)
    return plan, absent


def _signals(
    thresholds: Thresholds, plan: Mapping[str, PlannedTask], given: argparse.Namespace
) -> dict[str, Signal | None]:
    """By gate id, of what the store knows of the baseline; empty where none is named."""
    if given.baseline is None:
        return {}
    aliases = models.registry(Path(given.models_file) if given.models_file is not None else None)
    baseline = models.parse_spec(given.baseline, option="--baseline", aliases=aliases)
    skills = _skills(plan, baseline, engines.store_folder(given.store), given.seed)
    sizes = {name: len(plan[name].examples) for name in skills}
    return {
        gate.id: _signal(gate, skills, sizes, thresholds.policy) for gate in thresholds.gates if gate.role != "monitor"
    }


def _skills(plan: Mapping[str, PlannedTask], baseline: ModelSpec, store: Path, seed: int) -> Skills:
    """The baseline's skill in every task whose prompts it has answered all; no model is asked."""
    whole: dict[str, Whole] = {}
    runs: dict[str, TaskRun] = {}
    for name, planned in plan.items():
        root = private.store_root(planned.source, store)
        found = next(stored.of_model(planned, baseline, root), None)
        if found is not None:
            whole[name] = found
            runs[name] = found.scored(planned)
    return {
        name: skill.skills(run, runs, seed=seed, folder=whole[name].folder / SCORES_FOLDER)
        for name, run in runs.items()
    }


def _signal(gate: Gate, skills: Skills, sizes: Mapping[str, int], policy: Policy) -> Signal | None:
    """None also where the answers to one of the gate's tasks are not stored."""
    if gate.kind not in {"clue", "own", "average"}:
        return None
    tasks = tasks_in(gate.metric) if gate.kind == "average" else (gate.task,)
    return signal.of_gate(skills, gate, sizes, policy) if all(task in skills for task in tasks) else None
