"""The noise of a run's baseline: its prompts in another order, and what an earlier run measured so, kept on disk."""

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from clue_lib.errors import StoreError
from clue_lib.types import Gate, Noise, Request

NOISE_FILE = "noise.json"


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
    """Write the task's noise beside the answers in a partition's folder; other tasks' stays. Raises StoreError."""
    tasks = {**_read(folder), task: Kept(prompts_digest=prompts_digest, noise=found)}
    path = folder / NOISE_FILE
    whole = path.with_suffix(f".{os.getpid()}")  # xdist's workers keep it at once
    try:
        whole.write_bytes(msgspec.json.format(msgspec.json.encode(tasks)) + b"\n")
        whole.replace(path)
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
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise StoreError(f"{path} can't be read ({error}); remove it and run --aa again") from error
