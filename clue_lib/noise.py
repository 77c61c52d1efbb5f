"""How much a model differs from itself when its prompts come in another order, and so in other batches.

What a margin below this noise floor calls a difference, the engine alone may have made.
"""

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from scipy import special

from clue_lib.backends import Fingerprint
from clue_lib.compare import measure
from clue_lib.errors import PairingError, StoreError
from clue_lib.pairing import pair
from clue_lib.run_info import Noise
from clue_lib.thresholds import Policy, Thresholds
from clue_lib.types import Gate, Request, TaskRun

ORDER = "order"
REVERSED = {ORDER: "reversed"}
"""What an engine's fingerprint has more where it was asked in the other order: its answers are stored apart."""

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


def engine_name(fingerprint: Fingerprint) -> str:
    """The engine as two runs of one task must share it, whatever the order of their prompts."""
    return ", ".join(f"{name} {value}" for name, value in fingerprint.items() if name != ORDER)


def of_run(
    places: Mapping[str, tuple[Path, str]], thresholds: Thresholds, pairs: Mapping[str, tuple[TaskRun, TaskRun]]
) -> tuple[Noise, ...]:
    """The baseline's noise by task, `places` being its partition's folder and the digest of all its prompts.

    It is measured and kept for tasks with `pairs`, of the model in both orders, and what was kept for others. Raises
    PairingError and StoreError.
    """
    found: list[Noise] = []
    for task, (folder, digest) in places.items():
        gates = thresholds.for_task(task)
        if task in pairs:
            keep(folder, task, of_task(*pairs[task], gates, thresholds.policy), digest)
        found += kept(folder, task, digest, gates)
    return tuple(found)


def of_task(first: TaskRun, second: TaskRun, gates: Iterable[Gate], policy: Policy) -> tuple[Noise, ...]:
    """The noise of every gate of the task that may fail a run; `second` is the same model in the other order.

    Shares are of answers. The floor is the larger of |difference| and what the standard error makes of it at the
    policy's confidence; infinite errors, of one cluster, count as none. Raises PairingError where the runs differ.
    """
    texts = [[response.generation.text for response in run.responses] for run in (first, second)]
    found = []
    for gate in (gate for gate in gates if gate.role != "monitor"):
        try:
            measured = measure(pair(first, second, gate.metric), confidence=policy.confidence, power=policy.power)
        except PairingError:  # it says nothing of any example
            continue
        scores = first.scores[gate.metric], second.scores[gate.metric]
        estimate, delta = measured.estimate, abs(measured.estimate.delta)
        error = estimate.standard_error if estimate.freedom else 0.0
        reach = float(special.stdtrit(estimate.freedom, policy.confidence)) * error if error else 0.0
        found.append(
            Noise(
                gate=gate.id,
                n=len(texts[0]),
                text_flips=_share_changed(*texts),
                score_flips=_share_changed(*scores),
                delta=delta,
                standard_error=error,
                floor=max(delta, reach),
                margin=gate.margin,
            )
        )
    return tuple(found)


def keep(folder: Path, task: str, noise: tuple[Noise, ...], prompts_digest: str) -> None:
    """Write the task's noise beside the answers in a partition's folder; other tasks' stays. Raises StoreError."""
    tasks = {**_read(folder), task: Kept(prompts_digest=prompts_digest, noise=noise)}
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


def _share_changed(ours: Sequence[object], theirs: Sequence[object]) -> float:
    return sum(one != other for one, other in zip(ours, theirs, strict=True)) / len(ours)
