"""The noise of a run's baseline: its prompts in another order, and what an earlier run measured so, kept on disk."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from clue_lib import sealed
from clue_lib.engines.store_keeping import NOISE_FILE
from clue_lib.errors import StoreError
from clue_lib.types import Gate, Noise, Request

_FORMAT = "clue-gate noise 1"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One task in noise.json; other prompts, or fewer, have another noise."""

    prompts_digest: str
    noise: tuple[Noise, ...]


def reordered(requests: Sequence[Request], chunk_size: int) -> tuple[Request, ...]:
    """The requests from the last to the first, begun half a chunk later: batches have other members, not only places.

    With no more than a chunk there is one batch either way.
    """
    backwards, half = requests[::-1], chunk_size // 2
    return (*backwards[half:], *backwards[:half])


def keep(folder: Path, task: str, found: tuple[Noise, ...], prompts_digest: str) -> None:
    """Write the task's noise beside the answers in a partition's folder; other tasks' stays. Raises StoreError.

    A damaged file is replaced, which is told: `--aa` measures all that it held again.
    """
    path = folder / NOISE_FILE
    others = sealed.known(path, dict[str, Kept], format=_FORMAT) or {}
    tasks = {**others, task: Kept(prompts_digest=prompts_digest, noise=found)}
    try:
        sealed.write(path, sealed.seal(tasks, format=_FORMAT))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; name a writable folder with --store") from error


def kept(folder: Path, task: str, prompts_digest: str, gates: Iterable[Gate]) -> tuple[Noise, ...]:
    """The noise that an earlier run found for the same prompts, beside today's margins; empty where there was none."""
    found = _read(folder).get(task)
    if found is None or found.prompts_digest != prompts_digest:
        return ()
    margins = {gate.id: gate.margin for gate in gates}
    return tuple(dataclasses.replace(one, margin=margins[one.gate]) for one in found.noise if one.gate in margins)


def _read(folder: Path) -> Mapping[str, Kept]:
    path = folder / NOISE_FILE
    try:
        return sealed.read(path, dict[str, Kept], format=_FORMAT) or {}
    except (OSError, sealed.SealError) as error:
        raise StoreError(f"{path} can't be read ({error}); remove it and run --aa again") from error
