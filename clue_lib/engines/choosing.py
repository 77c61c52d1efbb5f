"""Which engine answers: backends by name, and what each needs, checked before anything is imported or loaded."""

import importlib.util
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib.engines import external
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.engines.replay import Replay
from clue_lib.engines.scripted import Scripted
from clue_lib.engines.server import Server
from clue_lib.engines.transformers import Transformers
from clue_lib.engines.vllm import Vllm
from clue_lib.errors import MissingExtra, OptionError
from clue_lib.types import Fingerprint

BACKENDS: dict[str, type[Engine]] = {
    backend.name: backend for backend in (Vllm, Transformers, Server, Replay, Scripted)
}
"""The package's own backends."""

AUTO_ORDER = ("vllm", "transformers")
"""What `auto` tries, the first first."""

COUNTS = ("batch_size", "tensor_parallel_size", "pipeline_parallel_size")
"""Engine arguments that this package reads itself, whatever the backend does with them."""


def choose(name: str) -> type[Engine]:
    """The backend of that name: one of ours, of an installed package, or `FILE.py:ClassName`.

    `auto` is the first of `AUTO_ORDER` whose packages are installed. Raises MissingExtra where a backend's packages are
    not, OptionError where there is no such backend or it is only half of one.
    """
    if name == "auto":
        usable = [option for option in AUTO_ORDER if not missing_modules(BACKENDS[option])]
        name = usable[0] if usable else AUTO_ORDER[-1]
    backend = BACKENDS[name] if name in BACKENDS else _external(name)
    missing = missing_modules(backend)
    if missing:
        remedy = f"run `make install` or pip install 'clue-gate[{backend.extra}]'" if backend.extra else "install them"
        raise MissingExtra(f"--backend={name}: {', '.join(missing)} not installed; {remedy}")
    return backend


def is_known(name: str) -> bool:
    """Whether --backend takes that name here: a backend of ours or of an installed package."""
    return name in BACKENDS or name in external.installed()


def missing_modules(backend: type[Engine]) -> list[str]:
    """The modules that the backend needs and this environment lacks; nothing is imported."""
    return [module for module in backend.requires if not _is_installed(module)]


def check_adapters(backend: type[Engine], *, merge: bool = False) -> None:
    """Check that the backend answers with a LoRA adapter, or with `merge` that one can be merged into its base.

    Raises OptionError where the backend serves none, MissingExtra where a package for it is not installed.
    """
    if not merge and not backend.serves_adapters:
        raise OptionError(f"--backend={backend.name}: it serves no adapters; merge yours with --merge-adapter")
    needed = {"peft"} if merge else set(backend.adapters_require)
    missing = sorted(module for module in needed if not _is_installed(module))
    if missing:
        names = ", ".join(missing)
        raise MissingExtra(
            f"an adapter needs {names}, which is not installed; run `make install` or pip install {' '.join(missing)}"
        )


def check_args(backend: type[Engine], args: EngineArgs) -> None:
    """Raise OptionError for an engine argument that the backend does not know, or a value that can't be."""
    for name in args:
        if backend.args is not None and name not in backend.args:
            known = ", ".join(sorted(backend.args)) or "none"
            raise OptionError(f"--engine-arg {name}={args[name]}: unknown to backend {backend.name}; known: {known}")
    for name in COUNTS:
        value = args.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise OptionError(f"--engine-arg {name}={value}: it must be a whole number of at least 1")
    backend.check_args(args)


def chunk_size(backend: type[Engine], args: EngineArgs) -> int:
    """How many requests the backend answers in one call."""
    return int(args.get("batch_size", backend.chunk_size))


def fingerprint(backend: type[Engine], weights: Path, args: EngineArgs) -> Fingerprint:
    """What besides model and prompt decides the backend's answers.

    A backend from outside always goes by its own name; one out of a file that states no version has the file's digest
    in its place, so that answers of an earlier edition are not taken for its own. Raises OptionError where the backend
    gives something else.
    """
    stated: object = backend.fingerprint(weights, args)
    if not isinstance(stated, Fingerprint):
        raise OptionError(f"--backend={backend.name}: fingerprint() must return a clue_lib.types.Fingerprint")
    if backend in BACKENDS.values():
        return stated
    source = external.source_of(backend)
    version = stated.version
    if version is None and source is not None:
        version = digests.of_file(source.file)[:12]
    return msgspec.structs.replace(stated, name=backend.name, version=version)


def _external(name: str) -> type[Engine]:
    """A backend that is not ours."""
    if external.is_in_file(name):
        backend = external.from_file(name)
    else:
        offered = external.installed()
        if name not in offered:
            known = ", ".join(("auto", *BACKENDS, *sorted(offered)))
            raise OptionError(f"--backend={name}: no such backend; known: {known}; your own: FILE.py:ClassName")
        backend = external.from_package(offered[name])
    if backend.name in BACKENDS:
        raise OptionError(f"--backend={name}: the name {backend.name} is taken by a backend of ours; choose another")
    return backend


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package of a module with a dot
        return False
