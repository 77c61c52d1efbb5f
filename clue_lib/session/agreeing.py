"""Whether both models can be loaded and asked alike: told before an engine starts."""

from collections.abc import Mapping

from clue_lib import engines
from clue_lib.engines import Engine
from clue_lib.errors import ModelError
from clue_lib.models import Model
from clue_lib.models.checking import stored_dtype
from clue_lib.session.settings import Settings
from clue_lib.session.stages import SIDES
from clue_lib.types import Fingerprint, Side


def backend_of(settings: Settings, side: Side) -> type[Engine]:
    """What answers for that side."""
    spec = settings.baseline if side == "baseline" else settings.candidate
    return engines.BACKENDS["replay"] if spec.is_recorded else settings.backend


def check_models(settings: Settings, both: Mapping[Side, Model]) -> None:
    """Raise ModelError for a model that its engine can't load, or for two that would not compute in one format."""
    for side in SIDES:
        model = both[side]
        backend_of(settings, side).check_model(model.weights, {**settings.engine_args, **model.trust.engine_args})
    if settings.backend.is_remote:  # each server has its own number format, which nobody here knows
        return
    is_auto = settings.engine_args.get("dtype", "auto") == "auto"
    dtypes = {side: stored_dtype(both[side].weights) for side in SIDES}
    if is_auto and None not in dtypes.values() and dtypes["baseline"] != dtypes["candidate"]:
        told = " and ".join(f"{both[side].name} as {dtypes[side]}" for side in SIDES)
        raise ModelError(
            f"the weights are stored differently, {told}, and each would compute in its own format; name one for both: "
            f"--engine-arg dtype={dtypes['baseline']}"
        )


def check_fingerprints(settings: Settings, fingerprints: Mapping[Side, Fingerprint]) -> None:
    """Raise ModelError where recorded or served answers can't be compared with the other side's: engines differ."""
    specs = {"baseline": settings.baseline, "candidate": settings.candidate}
    recorded = [side for side in SIDES if specs[side].is_recorded]
    is_served = any(spec.kind == "server" for spec in specs.values())
    baseline, candidate = (fingerprints[side] for side in SIDES)
    if not (recorded or is_served) or baseline.label == candidate.label:
        return
    names = baseline.known.keys() | candidate.known.keys()
    differing = sorted(name for name in names if baseline.known.get(name) != candidate.known.get(name))
    described = "; ".join(
        f"{name}: baseline {baseline.known.get(name)}, candidate {candidate.known.get(name)}" for name in differing
    )
    if not recorded:
        raise ModelError(f"baseline and candidate are served by different programs ({described}); serve both alike")
    first = specs[recorded[0]]
    raise ModelError(
        f"{first.kind}:{first.location} was recorded under another engine than the other side's ({described}); "
        "answers of different engines can't be compared: ask or record both with one"
    )
