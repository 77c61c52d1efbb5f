"""Shares this machine's GPUs among engines, of one session or of several: whoever uses one holds a lock on its file."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import filelock
import platformdirs

POLL = 0.5
"""Seconds between two looks for a free GPU."""


@contextmanager
def claim(gpus: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    """Hold `n` of the GPUs until the block ends, waiting until so many are free; their names as CUDA knows them.

    All or none are taken, so that two sessions that each need several never wait for one another.
    """
    folder = platformdirs.user_cache_path("clue-gate", ensure_exists=True)
    locks = {gpu: filelock.FileLock(folder / f"gpu-{gpu.replace('/', '-')}.lock") for gpu in gpus}
    while True:
        with ExitStack() as held:
            taken: list[str] = []
            for gpu, lock in locks.items():
                if len(taken) < n and _try(lock, held):
                    taken.append(gpu)
            if len(taken) == n:
                yield tuple(taken)
                return
        time.sleep(POLL * random.uniform(0.5, 1.5))  # two that took half each must not meet again


def _try(lock: filelock.BaseFileLock, held: ExitStack) -> bool:
    try:
        held.enter_context(lock.acquire(timeout=0))
    except filelock.Timeout:
        return False
    return True
