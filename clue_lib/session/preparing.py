"""All that can fail by the user's mistake, before an engine starts: data, prompts, models, engine, store."""

import dataclasses
import functools
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from clue_lib import engines, models, suite
from clue_lib import tasks as all_tasks
from clue_lib.__about__ import __version__
from clue_lib.datasets import private
from clue_lib.engines import Partition
from clue_lib.errors import MissingData, OptionError, StoreError
from clue_lib.judging import RULES, ruling
from clue_lib.metrics import METRICS
from clue_lib.models import Model, ModelSpec, Recording
from clue_lib.runs import PlannedTask, check_wordings, plan_task
from clue_lib.session import asking, importing, noise, served
from clue_lib.session.agreeing import backend_of, check_fingerprints, check_models
from clue_lib.session.settings import Settings
from clue_lib.session.stages import SIDES, Prepared
from clue_lib.types import Chat, Fingerprint, Gate, ModelInfo, Noise, RunInfo, Side, Tell


def prepare(settings: Settings, gates: Sequence[Gate], *, tasks: Collection[str], tell: Tell) -> Prepared:
    """Plan every task's prompts, fetch and digest both models, open the store.

    `gates` are those to be judged, `tasks` all that any of them reads. Raises UserError or StoreError.
    """
    plan, missing = _plan(settings, tasks)
    _check_packages(plan)
    hosts = served.check_hosts(settings, plan)
    both = _models(settings, tell)
    check_models(settings, both)
    imported = importing.imported(settings, plan, tell)
    chat, fingerprints = _asked(settings, both, {side: matched.engine for side, matched in imported.items()})
    plan = {name: planned.asked_by(chat) for name, planned in plan.items()}
    for line in (diff := asking.template_diff(both)):
        tell(line)
    check_fingerprints(settings, fingerprints)
    partitions = {
        (side, name): _partition(settings, planned, both[side], fingerprints[side])
        for side in SIDES
        for name, planned in plan.items()
    }
    _check_writable(plan, partitions)
    folders = {name: partitions["baseline", name].folder for name in plan}
    info = dataclasses.replace(
        _info(settings, gates, plan, both, fingerprints), chat=chat, template_diff=diff, remote_hosts=hosts
    )
    _check_certifiable(info, missing)
    return Prepared(
        settings=settings,
        gates=tuple(gates),
        plan=plan,
        missing=missing,
        models=both,
        fingerprints=fingerprints,
        partitions=partitions,
        info=dataclasses.replace(info, noise=_known_noise(settings, plan, folders, tell)),
        given={side: matched.answers for side, matched in imported.items()},
    )


def _plan(settings: Settings, tasks: Collection[str]) -> tuple[dict[str, PlannedTask], dict[str, str]]:
    """The prompts of the tasks that have data, CLUE's in the order of reports first, and why others have none."""
    plan, missing = {}, {}
    for name in (name for name in all_tasks.names() if name in tasks):
        try:
            plan[name] = plan_task(all_tasks.named(name), settings.of_prompts)
        except MissingData as error:
            missing[name] = str(error)
    check_wordings(settings.n_wordings, plan.values())
    return plan, missing


def _check_packages(plan: Mapping[str, PlannedTask]) -> None:
    """Raise MissingExtra where a metric of these tasks needs a package that is not installed: signatures name them."""
    for name in {metric: None for planned in plan.values() for metric in planned.task.metrics}:
        _ = METRICS[name].signature


def _check_certifiable(info: RunInfo, missing: Mapping[str, str]) -> None:
    """Raise OptionError where a profile that certifies can't, whatever the models answer: nothing is spent on it."""
    if not RULES[info.profile].certifies:
        return
    lacking = [f"{task}: {reason}" for task, reason in missing.items() if not all_tasks.named(task).is_monitored]
    if lack := ruling.uncertifiable(info) or next(iter(lacking), ""):
        raise OptionError(f"--profile={info.profile}: {lack}")


def _models(settings: Settings, tell: Tell) -> dict[Side, Model]:
    resolve = functools.partial(
        models.resolve, merge=settings.merge_adapter, aliases=settings.aliases, trust=settings.trust, on_note=tell
    )

    def found(spec: ModelSpec) -> Model:
        return served.connected(settings, spec, tell) if spec.kind == "server" else resolve(spec)

    baseline = found(settings.baseline)
    if settings.merge_adapter and settings.candidate.kind != "adapter" and not settings.candidate.is_recorded:
        tell(f"--merge-adapter: {settings.candidate.name} is no adapter, so that nothing is merged")
    is_same = settings.candidate == settings.baseline
    return {"baseline": baseline, "candidate": baseline if is_same else found(settings.candidate)}


def _asked(
    settings: Settings, both: dict[Side, Model], imported: Mapping[Side, Fingerprint]
) -> tuple[Chat, dict[Side, Fingerprint]]:
    """How both are asked, and each side's engine with that, as it enters the store's key.

    Recorded answers keep the fingerprint under which they were made, `imported` ones have what their source tells. The
    second side of `--aa` is asked in the other order.
    """
    backends = {side: backend_of(settings, side) for side in SIDES}
    engine_of = {
        side: imported.get(side) or engines.fingerprint(backends[side], both[side].weights, settings.engine_args)
        for side in SIDES
    }
    recorded = [engine_of[side] for side in SIDES if backends[side].name == "replay"]
    chat = asking.chat_for(settings.wanted, [(model.name, model.weights) for model in both.values()], recorded=recorded)
    for side in SIDES:
        if backends[side].name != "replay":
            engine_of[side] = engine_of[side].asked_by(chat)
    if settings.is_aa:
        engine_of["candidate"] = engine_of["candidate"].reordered()
    return chat, engine_of


def _check_writable(plan: Mapping[str, PlannedTask], partitions: Mapping[tuple[Side, str], Partition]) -> None:
    """Raise StoreError where answers are lacking that could not be stored; a store that holds all may be read-only."""
    for (_, name), partition in partitions.items():
        if not partition.is_writable and any(request.key not in partition.load() for request in plan[name].requests):
            partition.check_writable()


def _partition(settings: Settings, planned: PlannedTask, model: Model, engine: Fingerprint) -> Partition:
    """Where the model's answers to the task lie; its folder is made now, so that an unwritable one is known early."""
    return Partition(
        private.store_root(planned.source, settings.store),
        Recording(model=model.name, identity=model.identity, engine=engine),
        tier=planned.source.tier,
    )


def _known_noise(
    settings: Settings, plan: Mapping[str, PlannedTask], folders: Mapping[str, Path], tell: Tell
) -> tuple[Noise, ...]:
    """The baseline's noise as an earlier run of `--aa` measured it for these prompts; none where it can't be read."""
    known: list[Noise] = []
    try:
        for name, planned in plan.items():
            known += noise.kept(folders[name], name, planned.digest, settings.thresholds.for_task(name))
    except StoreError as error:
        tell(f"noise floor: {error}")
        return ()
    return tuple(known)


def _info(
    settings: Settings,
    gates: Sequence[Gate],
    plan: Mapping[str, PlannedTask],
    both: Mapping[Side, Model],
    fingerprints: Mapping[Side, Fingerprint],
) -> RunInfo:
    thresholds = settings.thresholds
    baseline, candidate = (
        ModelInfo(name=both[side].name, identity=both[side].identity, engine=fingerprints[side]) for side in SIDES
    )
    return RunInfo(
        version=__version__,
        rule=ruling.VERSION,
        suite_digest=suite.digest(),
        profile=settings.profile,
        limit=settings.limit,
        seed=settings.seed,
        thresholds=thresholds.file,
        thresholds_digest=thresholds.digest,
        n_selected=len(gates),
        n_left_out=sum(gate.role != "monitor" and gate not in gates for gate in thresholds.gates),
        n_engine_starts=0,
        baseline=baseline,
        candidate=candidate,
        tasks=tuple(planned.info for planned in plan.values()),
        engine_args=settings.engine_args,
        is_merged=settings.merge_adapter,
        trusted=settings.trust.options,
        has_own_prompts=settings.prompts is not None,
        n_wordings=settings.n_wordings,
        waivers=thresholds.waivers,
        scoring=settings.scoring,
        repeats=settings.repeats,
        context=settings.context,
    )
