"""What an engine is: a model's weights and requests in, generations out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from clue_lib.types import Fingerprint, Generation, Request

EngineArgs = Mapping[str, str | int | float | bool]
"""What --engine-arg NAME=VALUE gave, by name."""


class Engine(ABC):
    """One way to run a model. A backend is a subclass; it knows no task, no store and no pytest.

    A subclass needs a `name`, by which --backend and every report call it, and the abstract methods below. It may also
    set what follows.

    `requires` are the modules it imports, which are looked for before anything is spent; `extra` is the extra of
    this package that installs them. Heavy imports belong into the methods.
    `args` are the engine arguments it knows, None where it passes on whatever it is given; `batch_size` counts too.
    `chunk_size` is how many requests are answered in one call, where `batch_size` does not say.
    `mixes_tasks` says that one call may hold requests of several tasks, of unlike lengths and sampling.
    `serves_adapters` says that it answers with a LoRA adapter where one is asked for; `adapters_require` are modules
    that this needs besides.
    `own_process` engines run in a child process, so that this one never initialises CUDA and their memory comes back
    when they end.
    `is_remote` engines ask models that run elsewhere: no memory or processor of this machine is spoken of.
    `memory_advice` is what to change where memory runs out.
    """

    name: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""
    args: ClassVar[frozenset[str] | None] = frozenset()
    chunk_size: ClassVar[int] = 32
    mixes_tasks: ClassVar[bool] = False
    serves_adapters: ClassVar[bool] = False
    adapters_require: ClassVar[tuple[str, ...]] = ()
    own_process: ClassVar[bool] = True
    is_remote: ClassVar[bool] = False
    memory_advice: ClassVar[str] = "a smaller --engine-arg batch_size needs less"

    @classmethod
    def n_gpus(cls, args: EngineArgs) -> int:
        """How many GPUs one engine takes, on a machine that has any."""
        return 1

    @classmethod
    def check_args(cls, args: EngineArgs) -> None:
        """Raise OptionError for a value that can't be, here or at all. Called before anything is fetched."""
        return

    @classmethod
    def check_model(cls, weights: Path, args: EngineArgs) -> None:
        """Raise ModelError for a folder that this engine can't load. Called before anything is loaded.

        `args` also holds `allow_pickle` and `trust_remote_code` where the user trusts the model so far, as at loading.
        """
        return

    @classmethod
    def check_architecture(cls, weights: Path, args: EngineArgs) -> None:
        """Raise ModelError for a kind of model that this engine does not know; weights need not be there."""
        return

    @classmethod
    @abstractmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """What besides model and prompt decides an answer's last bit; found without loading anything heavy.

        Answers are stored under it, so whatever changes answers must change it: a version, a setting, a processor.
        """

    @abstractmethod
    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Load the weights, which lie in that folder, and every adapter. Raises EngineError in one line."""

    @abstractmethod
    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """Answer the requests, one generation for each and in their order.

        All have the same sampling, unless the backend `mixes_tasks`. `adapter` is one of those that were loaded, or
        None for the base alone.
        """
