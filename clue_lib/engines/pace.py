"""How long answering takes: from the tokens planned, at rates that are assumed or that this machine has shown.

What a model takes is kept as a *factor*: the seconds it needed over those that the assumed rates give for the tokens
planned. So it holds whatever makes a model slower or faster than assumed, and that answers end before their limit.
"""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import filelock
import msgspec

from clue_lib import sealed
from clue_lib.engines import device
from clue_lib.types import Request

PACE_FILE = "pace.json"
"""In the store: factors by engine and model."""

_FORMAT = "clue-gate pace 1"

BYTES_PER_TOKEN = 4
"""Of English text, about."""

LEAST_SECONDS = 2.0
"""A model's factor is kept when it has answered for so long: what is shorter measures the machine's first steps."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens per second of one engine: `prompt` tokens read, `new` tokens written."""

    prompt: float
    new: float


SPEEDS: Mapping[str, Speed] = {
    # SmolLM2-135M on two cores through vLLM, a little below the 570 new tokens a second once seen on short chats
    "cpu": Speed(prompt=2000, new=400),
    # what a small model shows through transformers, whose steps wait for the processor and not for the card; through
    # vLLM an 8B model in bfloat16 on one card of 80 GB does three times as much
    "gpu": Speed(prompt=3300, new=500),
}
"""What is assumed of an engine until it has shown its own."""


def assumed_seconds(requests: Iterable[Request]) -> float:
    """How long the requests take at the assumed rate of this machine's kind, answers as long as they may be."""
    speed = SPEEDS["gpu" if device.visible_gpus() else "cpu"]
    seconds = 0.0
    for request in requests:
        n_bytes = sum(len(message.content.encode()) for message in request.messages)
        n_new = request.sampling.max_new_tokens + request.chat.thinking_budget
        seconds += n_bytes / BYTES_PER_TOKEN / speed.prompt + n_new / speed.new
    return seconds


class Factors:
    """What this machine has shown, in the store's folder: factors by engine and model."""

    def __init__(self, store: Path) -> None:
        """Nothing is read or written yet."""
        self._path = store / PACE_FILE

    def of(self, engine: str, model: str) -> float | None:
        """The factor of that model under that engine; None where none is known."""
        return self._read().get(f"{engine} {model}")

    def keep(self, engine: str, model: str, factor: float) -> None:
        """Keep it; where the folder can't be written to, the next run assumes again."""
        try:
            with filelock.FileLock(f"{self._path}.lock"):
                factors = self._read() | {f"{engine} {model}": round(factor, 4)}
                sealed.write(self._path, sealed.seal(factors, format=_FORMAT))
        except OSError:
            return

    def _read(self) -> dict[str, float]:
        """Nothing where the file is damaged or of another version: what it told is measured again."""
        try:
            return sealed.read(self._path, dict[str, float], format=_FORMAT) or {}
        except (OSError, sealed.SealError):
            return {}


class Pace:
    """One run's: how much of what is assumed is done, and what that took; engines that run at once share it."""

    def __init__(self, assumed: float, *, n_at_once: int = 1) -> None:
        """`assumed` seconds for all requests together; `n_at_once` engines divide them."""
        self._assumed = assumed
        self._n_at_once = n_at_once
        self._done = self._spent = 0.0
        self._lock = threading.Lock()

    def add(self, assumed: float, spent: float) -> None:
        """A batch that was assumed to take so long took `spent` seconds."""
        with self._lock:
            self._done += assumed
            self._spent += spent

    @property
    def factor(self) -> float | None:
        """What the batches took over what was assumed; None before the first."""
        return self._spent / self._done if self._done else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None before the first batch."""
        if not self._done:
            return None
        return self._spent / self._done * max(0.0, self._assumed - self._done) / self._n_at_once
