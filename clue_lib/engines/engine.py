"""What an engine is: weights and requests in, generations out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from clue_lib.types import Fingerprint, Generation, Request

EngineArgs = Mapping[str, str | int | float | bool]


class Engine(ABC):
    """One way to run a model. A subclass is a backend; it knows no task, no store and no pytest.

    `requires` are the modules it imports, `extra` the extra that installs them. `own_process` engines run in a child
    process (`clue_lib.engines.process`), so that this process never initialises CUDA and the memory comes back.
    `args` are the engine arguments it knows, None where it passes on whatever it is given. `chunk_size` is how many
    requests make one batch.
    """

    name: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""
    args: ClassVar[frozenset[str] | None] = frozenset()
    own_process: ClassVar[bool] = True
    chunk_size: ClassVar[int] = 32
    memory_advice: ClassVar[str] = "a smaller --engine-arg batch_size needs less"

    @classmethod
    def n_gpus(cls, args: EngineArgs) -> int:
        """How many GPUs one engine takes where there are any."""
        return 1

    @classmethod
    @abstractmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """What besides the model decides an answer's last bit; found without loading anything heavy."""

    @abstractmethod
    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Load the weights and every adapter. Raises EngineError in one line."""

    @abstractmethod
    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """Answer one chunk of requests of equal sampling, in their order, with the adapter or without any."""
