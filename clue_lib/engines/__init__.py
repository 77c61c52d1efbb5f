"""Engines by name; each backend is one class, its heavy imports inside its methods."""

import importlib.util

from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.replay import Replay
from clue_lib.engines.scripted import Scripted
from clue_lib.engines.transformers import Transformers
from clue_lib.engines.vllm import Vllm
from clue_lib.errors import MissingExtra, OptionError

BACKENDS: dict[str, type[Engine]] = {kind.name: kind for kind in (Vllm, Transformers, Replay, Scripted)}
AUTO_ORDER = ("vllm", "transformers")


def choose(name: str) -> type[Engine]:
    """The backend of that name; `auto` is the first whose packages are installed.

    Raises MissingExtra when its packages are not installed, OptionError when there is no such backend.
    """
    if name == "auto":
        name = next((option for option in AUTO_ORDER if not missing_modules(BACKENDS[option])), AUTO_ORDER[-1])
    if name not in BACKENDS:
        raise OptionError(f"--backend={name}: no such backend; known: auto, {', '.join(BACKENDS)}")
    kind = BACKENDS[name]
    if missing := missing_modules(kind):
        raise MissingExtra(
            f"--backend={name}: {', '.join(missing)} not installed; "
            f"run `make install` or pip install 'clue-gate[{kind.extra}]'"
        )
    return kind


def missing_modules(kind: type[Engine]) -> list[str]:
    """The modules that the backend needs and this environment lacks; nothing is imported."""
    return [module for module in kind.requires if importlib.util.find_spec(module) is None]


def check_adapters(kind: type[Engine]) -> None:
    """Raise MissingExtra when the backend can't load LoRA adapters in this environment."""
    if kind is Transformers and importlib.util.find_spec("peft") is None:
        raise MissingExtra("an adapter needs peft, which is not installed; run `make install` or pip install peft")


def check_args(kind: type[Engine], args: EngineArgs) -> None:
    """Raise OptionError for an engine argument that the backend does not know, or a batch size that is no count."""
    for name in args:
        if kind.args is not None and name not in kind.args:
            known = ", ".join(sorted(kind.args)) or "none"
            raise OptionError(f"--engine-arg {name}={args[name]}: unknown to backend {kind.name}; known: {known}")
    size = args.get("batch_size", kind.chunk_size)
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise OptionError(f"--engine-arg batch_size={size}: it must be a whole number of at least 1")


__all__ = [
    "BACKENDS",
    "Engine",
    "EngineArgs",
    "check_adapters",
    "check_args",
    "choose",
    "missing_modules",
]
